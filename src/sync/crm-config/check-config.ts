import { declaredNameProblem, fieldsOf, type Mapping, ownFieldProblem } from '../../mapping/index.ts'
import { type ConfigUpdate, type RetellField, type RetellMapping, toRetellMapping } from './shape.ts'

/** What of our contacts a mapping may target besides their custom fields, with what it holds. */
const builtIn = new Map<string, RetellField['type']>([
  ['first_name', 'string'],
  ['last_name', 'string'],
  ['email', 'string'],
  ['do_not_call', 'boolean'],
])

/** The configuration that an update is held against. */
export type Standing = { own: readonly Mapping[]; fields: readonly RetellField[]; mappings: readonly RetellMapping[] }

/**
 * Everything that is wrong with an update of fields and mappings, each with its place, by the source product's rules (reference/retell.md
 * 2.4) and ours: a field that a rule still writes is not taken away. Pure.
 */
export function checkConfig(update: ConfigUpdate, standing: Standing): string[] {
  const fields = update.custom_fields ?? standing.fields
  const mappings = update.crm_analysis_data_mappings ?? standing.mappings
  return [
    ...fieldProblems(update.custom_fields ?? []),
    ...(update.custom_fields ? removalProblems(fields, mappings, standing) : []),
    ...(update.crm_analysis_data_mappings ?? []).flatMap((mapping, place) => {
      const problem = mappingProblem(mapping, fields)
      return problem === null ? [] : [`crm_analysis_data_mappings.${place}.${problem}`]
    }),
    ...repeats(update.crm_analysis_data_mappings ?? []),
    ...(update.crm_analysis_data_mappings ? [] : typeProblems(mappings, fields)),
  ]
}

function fieldProblems(fields: readonly RetellField[]): string[] {
  const names = fields.map(({ name }) => name)
  return fields.flatMap(({ name, type, options = [] }, place) => {
    const at = `custom_fields.${place}`
    const problem = declaredNameProblem(name, names.indexOf(name) < place)
    const lacks = type === 'enum' && options.length === 0
    const isBlank = type === 'enum' && options.some((option) => option.trim() === '')
    return [
      ...(problem === null ? [] : [`${at}.name: ${problem}`]),
      ...(lacks ? [`${at}.options: an enum names its values`] : []),
      ...(isBlank ? [`${at}.options: a value is blank`] : []),
    ]
  })
}

/** Fields that would go although something writes them: a mapping that stays, or a rule that no mapping of theirs can tell. */
function removalProblems(
  fields: readonly RetellField[],
  mappings: readonly RetellMapping[],
  { own, fields: before }: Standing,
) {
  const kept = new Set(fields.map(({ name }) => name))
  const untold = own.flatMap(({ path, rules }) =>
    rules.flatMap((rule) => {
      const names = toRetellMapping(rule) === null ? fieldsOf(rule) : Object.values(rule.stamp ?? {})
      return names.map((name) => ({ name, by: `${path}:${rule.line}` }))
    }),
  )
  return before.flatMap(({ name }) => {
    if (kept.has(name)) return []
    const mapped = mappings.some((mapping) => mapping.field_name === name) ? ['crm_analysis_data_mappings'] : []
    const users = [...mapped, ...untold.flatMap((each) => (each.name === name ? [each.by] : []))]
    if (users.length === 0) return []
    return [`custom_fields: "${name}" cannot go while ${users.join(', ')} targets it; send both in one request`]
  })
}

function mappingProblem(
  { field_name: name, update_mode }: RetellMapping,
  fields: readonly RetellField[],
): string | null {
  if (name === 'phone_number' || name === 'number')
    return 'field_name: the number names the contact and cannot be mapped'
  const type = builtIn.get(name) ?? fields.find((field) => field.name === name)?.type
  if (type === undefined) return `field_name: there is no contact field "${name}"${hint(name)}`
  return update_mode === 'merge' && type !== 'string'
    ? `update_mode: merge is for string fields; "${name}" is ${type}`
    : null
}

function hint(name: string): string {
  return ownFieldProblem(name) === null ? '; name it in custom_fields' : ''
}

/** Mappings that stay while their field becomes of another type. */
function typeProblems(mappings: readonly RetellMapping[], fields: readonly RetellField[]): string[] {
  return mappings.flatMap((mapping) => {
    const problem = mappingProblem(mapping, fields)
    return problem?.startsWith('update_mode') ? [`crm_analysis_data_mappings as stored: ${problem}`] : []
  })
}

function repeats(mappings: readonly RetellMapping[]): string[] {
  return mappings.flatMap(({ field_name }, place) => {
    const first = mappings.findIndex((other) => other.field_name === field_name)
    if (first === place) return []
    return [`crm_analysis_data_mappings.${place}.field_name: "${field_name}" is mapped at ${first} already`]
  })
}
