import { z } from 'zod'
import {
  declaredNameProblem,
  flowText,
  formatProblem,
  type Kinds,
  ownFieldProblem,
  parseMapping,
} from '../../mapping/index.ts'
import {
  analysisMappingSchema,
  customFieldSchema,
  type RetellField,
  type RetellMapping,
  toCustomField,
} from './shape.ts'

/** What no mapping file of ours says, and where it stands in what was given. */
export type LeftOut = { path: (string | number)[]; message: string }

/** Mapping files that say the same, by name, and what they cannot say. */
export type Translated = { files: { name: string; text: string }[]; left: LeftOut[] }

const list = z.array(z.unknown()).nullish().catch(null)
const syncSchema = z.object({ field_name: z.string().min(1), external_field_name: z.string().min(1) })
type Sync = z.infer<typeof syncSchema>
const givenSchema = z.looseObject({
  crm_config: z.looseObject({ custom_fields: list, crm_analysis_data_mappings: list }).nullish().catch(null),
  app: z
    .looseObject({
      provider: z.string(),
      crm_config: z
        .looseObject({
          inbound_sync_mappings: list,
          outbound_sync_mappings: list,
          sync_conversation_activity: z.boolean().nullish(),
          sync_new_contacts: z.boolean().nullish(),
        })
        .nullish(),
    })
    .nullish()
    .catch(null),
})

/**
 * The CRM configuration of the source product, `{ crm_config: <answer of get-crm-config>, app: <answer of get-app> }`, as mapping files:
 * one for our own contacts, and one for the CRM behind `connection`, which writes nothing until that line is taken out. What they
 * cannot say is told with its place. Pure.
 */
export function mappingFromRetell(
  given: unknown,
  { connection, kinds }: { connection: string; kinds: Kinds },
): Translated {
  const { crm_config: config, app } = givenSchema.safeParse(given).data ?? {}
  const left: LeftOut[] = []
  const read = <Entry>(path: string[], entries: unknown[] | null | undefined, schema: z.ZodType<Entry>) =>
    (entries ?? []).flatMap((entry, place) => {
      const parsed = schema.safeParse(entry)
      if (parsed.success) return [{ path: [...path, place], entry: parsed.data }]
      left.push({ path: [...path, place], message: parsed.error.issues.map((issue) => issue.message).join('; ') })
      return []
    })
  const fields = read(['crm_config', 'custom_fields'], config?.custom_fields, customFieldSchema)
  const mappings = read(
    ['crm_config', 'crm_analysis_data_mappings'],
    config?.crm_analysis_data_mappings,
    analysisMappingSchema,
  )
  for (const key of ['contact_tags', 'contact_memory_update_prompt', 'contact_columns_order'])
    if (config?.[key] != null)
      left.push({ path: ['crm_config', key], message: 'no mapping file says this; update-crm-config keeps it' })
  const own = ownFile({ fields, mappings }, left)
  const files = config ? [{ name: 'local.yaml', text: own.text }] : []
  if (app) {
    const at = ['app', 'crm_config']
    const inbound = read([...at, 'inbound_sync_mappings'], app.crm_config?.inbound_sync_mappings, syncSchema)
    const outbound = read([...at, 'outbound_sync_mappings'], app.crm_config?.outbound_sync_mappings, syncSchema)
    const object = kinds[app.provider]?.objects?.[0]
    const isKnown = app.provider !== 'local' && object !== undefined
    if (!isKnown)
      left.push({ path: ['app', 'provider'], message: `there is no CRM "${app.provider}" that is written to` })
    else {
      if (app.crm_config?.sync_new_contacts)
        left.push({
          path: [...at, 'sync_new_contacts'],
          message: 'write "missing: { create: …, key: … }" yourself: it wants a field with unique values',
        })
      const logs = app.crm_config?.sync_conversation_activity === true
      const about = { crm: app.provider, connection, object, logs }
      files.push({ name: `${app.provider}.yaml`, text: crmFile(about, { inbound, outbound, told: own.told }, left) })
    }
  }
  for (const { name, text } of files) {
    const parsed = parseMapping(text, name, kinds)
    if ('problems' in parsed)
      for (const problem of parsed.problems) left.push({ path: [], message: formatProblem(problem) })
  }
  return { files, left }
}

type Placed<Entry> = { path: (string | number)[]; entry: Entry }

function ownFile(
  { fields, mappings }: { fields: Placed<RetellField>[]; mappings: Placed<RetellMapping>[] },
  left: LeftOut[],
): { text: string; told: RetellMapping[] } {
  const names = fields.map(({ entry }) => entry.name)
  const declared = fields.filter(({ path, entry }, place) => {
    const isBare = entry.type === 'enum' && !entry.options?.length
    const message = isBare
      ? 'an enum names its values'
      : declaredNameProblem(entry.name, names.indexOf(entry.name) < place)
    if (message !== null) left.push({ path, message })
    return message === null
  })
  const told: RetellMapping[] = []
  for (const { path, entry } of mappings) {
    const problem = ownFieldProblem(entry.field_name)
    const isTwice = told.some((each) => each.field_name === entry.field_name)
    const message = problem ?? (isTwice ? `"${entry.field_name}" is written by a mapping before` : null)
    if (message === null) told.push(entry)
    else left.push({ path, message })
  }
  const rules = told.map(({ field_name: to, analysis_data_name: from, update_mode: mode }) => ({
    from,
    to,
    ...modeOf(mode),
  }))
  const head = ['version: 1', 'crm: local', 'connection: local', 'object: contacts']
  const custom = declared.map(({ entry }) => toCustomField(entry))
  const lines = [...head, ...(custom.length > 0 ? listed('custom_fields', custom) : []), ...listed('fields', rules)]
  return { text: `${lines.join('\n')}\n`, told }
}

function crmFile(
  { crm, connection, object, logs }: { crm: string; connection: string; object: string; logs: boolean },
  { inbound, outbound, told }: { inbound: Placed<Sync>[]; outbound: Placed<Sync>[]; told: RetellMapping[] },
  left: LeftOut[],
): string {
  const numbers = inbound.flatMap(({ entry }) =>
    entry.field_name === 'phone_number' ? [entry.external_field_name] : [],
  )
  const imports = inbound.flatMap(({ path, entry }): [string, string][] => {
    if (entry.field_name === 'phone_number') return []
    const problem = ownFieldProblem(entry.field_name)
    if (problem !== null) left.push({ path, message: problem })
    return problem === null ? [[entry.field_name, entry.external_field_name]] : []
  })
  if (numbers.length === 0)
    left.push({
      path: ['app', 'crm_config', 'inbound_sync_mappings'],
      message: 'no field holds the phone number: records are found by the id in metadata',
    })
  const step =
    numbers.length === 0 ? { record_id: `metadata.${crm}_id` } : { number: { of: ['from_or_to'], in: numbers } }
  const rules: { from: string; field: string; to: string; mode?: string }[] = []
  for (const { path, entry } of outbound) {
    const { field_name: field, external_field_name: to } = entry
    const source = told.find((each) => each.field_name === field)
    const isTwice = rules.some((rule) => rule.to === to)
    if (source && !isTwice) rules.push({ from: source.analysis_data_name, field, to, ...modeOf(source.update_mode) })
    else {
      const message = isTwice
        ? `"${to}" is written by a mapping before`
        : `no analysis is mapped to "${field}", and a rule writes what conversations say`
      left.push({ path, message })
    }
  }
  return `${[
    'version: 1',
    `crm: ${crm}`,
    `connection: ${connection}`,
    `object: ${object}`,
    'write: false                 # everything runs up to the write; take this line away when the plans look right',
    ...listed('match', [step]),
    ...(imports.length > 0 ? [`import: ${flowText(Object.fromEntries(imports))}`] : []),
    ...listed('fields', rules),
    ...(logs ? ['activity: { calls: true, chats: true }'] : []),
  ].join('\n')}\n`
}

function modeOf(mode: RetellMapping['update_mode']): { mode?: string } {
  return mode === 'overwrite' ? {} : { mode }
}

function listed(key: string, entries: readonly object[]): string[] {
  return entries.length === 0 ? [`${key}: []`] : [`${key}:`, ...entries.map((entry) => `  - ${flowText(entry)}`)]
}
