import { listTags, ownConnection, ownSchema, reportImports, type Tag } from '../../contacts/index.ts'
import type { Db } from '../../db/index.ts'
import { fieldsOf, type Mapping, ownFields } from '../../mapping/index.ts'
import { activeMappings } from '../mapping-store.ts'
import { type RetellField, type RetellMapping, toRetellField, toRetellMapping } from './shape.ts'
import { selectKept } from './store.ts'

/** The configuration of CRMs in the source product's words. */
export type CrmConfig = {
  /** The connection to a CRM that mapping files write to, the first by name; null: none. */
  connection: string | null
  /** When the last import from it began that was successful. */
  syncedAt: Date | null
  customFields: RetellField[]
  analysisMappings: RetellMapping[]
  contactTags: Tag[]
  contactColumnsOrder: string[] | null
  contactMemoryUpdatePrompt: string | null
}

/**
 * The configuration as the mapping files in force have it: the custom fields of our own contacts, and the rules of their mappings
 * that the source product's words can tell. What is not told is as much in force.
 */
export async function readCrmConfig(db: Db): Promise<CrmConfig> {
  const mappings = await activeMappings(db)
  const { own, connection } = split(mappings)
  const reports = await reportImports(db)
  const ended = reports.flatMap((each) => (each.connection === connection && each.last ? [each.last.endedAt] : []))
  return {
    connection,
    syncedAt: ended.toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null,
    customFields: await customFieldsOf(db, own),
    analysisMappings: own.flatMap(({ rules }) => rules.flatMap((rule) => toRetellMapping(rule) ?? [])),
    contactTags: await listTags(db),
    ...(await selectKept(db)),
  }
}

/** The mappings of our own contacts by name, and the connection that a CRM is written to by. Pure. */
export function split(mappings: readonly Mapping[]): { own: Mapping[]; connection: string | null } {
  const [own, others] = [true, false].map((isOwn) =>
    mappings.filter((each) => (each.connection === ownConnection) === isOwn),
  )
  const names = (others ?? []).map((each) => each.connection).toSorted()
  return { own: (own ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1)), connection: names[0] ?? null }
}

/** What these mappings make of our contacts' custom fields, declared or written by a rule. */
export async function customFieldsOf(db: Db, own: readonly Mapping[]): Promise<RetellField[]> {
  const schema = await ownSchema(db)
  const declared = own.flatMap(({ customFields = [] }) => customFields)
  const written = own.flatMap(({ rules }) => rules.flatMap(fieldsOf))
  const names = new Set([...declared.map(({ name }) => name), ...written])
  return [...names].flatMap((name) => {
    const field = schema.get(name)
    if (field === undefined || ownFields.some((each) => each === name)) return []
    const description = declared.find((each) => each.name === name)?.description
    return [{ ...toRetellField(field), ...(description !== undefined && { description }) }]
  })
}
