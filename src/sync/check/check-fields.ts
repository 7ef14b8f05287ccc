import { type CrmField, refusalOf } from '../../crm/index.ts'
import { type Mapping, makesText, type Problem, placesIn, type Rule, type Value } from '../../mapping/index.ts'
import { kindList, kindWord, rightName, unknownField } from './field-words.ts'
import { problemsOf } from './findings.ts'
import { defaultOf, fieldsFor } from './rule-facts.ts'

type At = ReturnType<typeof problemsOf>

/**
 * What is wrong between a mapping and the fields of the object it writes to: fields that are not there or cannot be written,
 * modes that their type cannot hold, values they would refuse, and what `match` and `import` read. Pure.
 */
export function checkFields(mapping: Mapping, fields: readonly CrmField[]): Problem[] {
  const at = problemsOf(mapping, placesIn(mapping.text))
  const named = new Map(fields.map((field) => [field.name, field]))
  const where = `${mapping.object} in ${mapping.connection}`
  const missing = (name: string, place: readonly PropertyKey[]) =>
    named.has(name) ? [] : [at(place, unknownField(name, fields, where))]
  return [
    ...mapping.match.flatMap((step, index) => {
      if (step.by !== 'number') return []
      return step.in.flatMap((name, place) => missing(name, ['match', index, 'number', 'in', place]))
    }),
    ...Object.entries(mapping.import).flatMap(([own, name]) => missing(name, ['import', own])),
    ...mapping.rules.flatMap((rule, index) => {
      const field = named.get(rule.field)
      return [
        ...(field ? checkRule(rule, field, ['fields', index], at) : missing(rule.field, ['fields', index, 'to'])),
        ...stampsOf(rule).flatMap(({ part, name }) => {
          const place = ['fields', index, 'stamp', part]
          const stamped = named.get(name)
          return stamped ? checkStamp(part, stamped, place, at) : missing(name, place)
        }),
      ]
    }),
  ]
}

function checkRule(rule: Rule, field: CrmField, place: readonly PropertyKey[], at: At): Problem[] {
  const { name, kind, maxLength } = field
  const to = [...place, 'to']
  if (!field.writable) return [at(to, `"${name}" cannot be written: it is read-only in the CRM`)]
  const problems: Problem[] = []
  if (makesText(rule) && kind !== 'text') {
    const key = rule.template === undefined ? 'format' : 'template'
    problems.push(at([...place, key], `this ${key} makes text; "${name}" is ${kindWord(kind)}`))
  }
  const wanted = fieldsFor(rule.mode)
  if (wanted && !wanted.includes(kind)) {
    problems.push(at([...place, 'mode'], `mode ${rule.mode} needs ${kindList(wanted)}; "${name}" is ${kindWord(kind)}`))
  }
  if (rule.maxLength !== null && kind !== 'text') {
    problems.push(at([...place, 'max_length'], `max_length cuts text; "${name}" is ${kindWord(kind)}`))
  } else if (rule.maxLength !== null && maxLength !== null && rule.maxLength > maxLength) {
    problems.push(at([...place, 'max_length'], `"${name}" takes at most ${maxLength} characters`))
  }
  // What is counted is written as a number, whatever it was.
  if (rule.mode === 'count') return problems
  for (const [said, value] of Object.entries(rule.values ?? {})) {
    const message = refused(field, value)
    if (message !== null) problems.push(at([...place, 'values', said], message))
  }
  const message = refused(field, defaultOf(rule)?.value ?? null)
  if (message !== null) problems.push(at([...place, 'default'], message))
  return problems
}

/** What takes the time of a conversation, and what its link. */
const stampable: Record<'at' | 'link', readonly CrmField['kind'][]> = {
  at: ['datetime', 'date', 'text'],
  link: ['text'],
}

function stampsOf({ stamp }: Rule): { part: 'at' | 'link'; name: string }[] {
  return (['at', 'link'] as const).flatMap((part) => {
    const name = stamp?.[part]
    return name === undefined ? [] : [{ part, name }]
  })
}

function checkStamp(part: 'at' | 'link', field: CrmField, place: readonly PropertyKey[], at: At): Problem[] {
  const { name, kind, writable } = field
  if (!writable) return [at(place, `"${name}" cannot be written: it is read-only in the CRM`)]
  if (stampable[part].includes(kind)) return []
  return [at(place, `stamp ${part} needs ${kindList(stampable[part])}; "${name}" is ${kindWord(kind)}`)]
}

/** Why a field does not take a value of the file; blank and null write nothing. */
function refused(field: CrmField, value: Value): string | null {
  if (value === null || refusalOf(field, value) === null) return null
  const { name, kind, options } = field
  if (options === null)
    return `"${name}" is ${kindWord(kind)} and does not take ${JSON.stringify(value)}: ${refusalOf(field, value)}`
  const wrong = [value]
    .flat()
    .map(String)
    .find((each) => !options.includes(each))
  if (wrong === undefined) return `"${name}" takes one option, not a list`
  return `"${wrong}" is no option of "${name}"; ${rightName(wrong, options)}`
}
