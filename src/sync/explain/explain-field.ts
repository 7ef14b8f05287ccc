import { findContact } from '../../contacts/index.ts'
import type { CheckConnection, Crm } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { unknownName } from '../../filters/index.ts'
import type { Paces } from '../../limits/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { activeMappings } from '../mapping-store.ts'
import { loadFacts, type RecordFacts } from '../timeline/load-facts.ts'
import { stampedFields, writesField } from '../timeline/stamps.ts'
import { explainRecord } from './explain-record.ts'
import { readLive } from './read-live.ts'
import { selectUnlinked } from './store.ts'
import type { Explanation } from './types.ts'

export type ExplainDeps = {
  db: Db
  crms: ReadonlyMap<string, Crm>
  checkConnection: CheckConnection
  defaultCountry: string
  paces: Paces
  now: () => Date
}

const defaultLimit = 20

/**
 * Why a CRM field holds what it holds: the whole chain from the value back to the words in the transcript, for every record
 * of a contact (given as id, number or e-mail) whose connection has the field. `limit`: so many events and writes, the newest.
 * Reads our own database only; with `live` the CRM's current value too. A fixed number of statements per record, however long
 * its timeline. Throws 404 for an unknown contact, and for a field that no mapping writes and none has written, naming the
 * nearest.
 */
export async function explainField(
  deps: ExplainDeps,
  input: { contact: string; field: string; limit?: number; live?: boolean },
): Promise<Explanation> {
  const { db } = deps
  const { field, limit = defaultLimit, live = false } = input
  const contact = await findContact(db, input.contact, deps.defaultCountry)
  const records = [...contact.records, ...contact.ownRecords]
  const active = await activeMappings(db)
  const facts = await loadFacts(
    db,
    records.map((record) => record.recordId),
  )
  const places = facts.flatMap((each) => {
    const record = records.find((one) => one.recordId === each.recordId)
    return record ? [{ facts: each, record, mappings: mappingsOf(active, record) }] : []
  })
  const concerned = places.filter(({ facts: each, mappings }) => fieldsOf(each, mappings).includes(field))
  const writing = active.filter((mapping) => mapping.rules.some((rule) => writesField(rule, field)))
  // Our own record of a contact is always there: without one in a CRM the question is whose conversations they are.
  const isInCrm = places.some(({ record }) => contact.records.includes(record))
  if (concerned.length === 0 && (isInCrm || writing.length === 0))
    throw unknownField(
      field,
      isInCrm ? places.flatMap((place) => fieldsOf(place.facts, place.mappings)) : active.flatMap(rulesOf),
    )
  const explained = await Promise.all(
    concerned.map(async ({ facts: own, record, mappings }) => {
      const one = await explainRecord(deps, { facts: own, record, mappings, field, limit })
      return live ? { ...one, live: await readLive(deps, record, one) } : one
    }),
  )
  return {
    contactId: `contact_${contact.id}`,
    field,
    records: explained,
    unlinked: await unlinkedOf(db, contact.id, writing),
  }
}

function mappingsOf(
  active: readonly Mapping[],
  { connection, object }: { connection: string; object: string },
): Mapping[] {
  return active.filter((mapping) => mapping.connection === connection && mapping.object === object)
}

/** Also fields of which nothing is left in force, and those that a rule would write as soon as a conversation says something. */
function fieldsOf({ releases, cells, traces }: RecordFacts, mappings: readonly Mapping[]): string[] {
  const known = [...releases.map((release) => release.vals), cells].flatMap(Object.keys)
  return [...known, ...traces.map((trace) => trace.field), ...mappings.flatMap(rulesOf)]
}

function rulesOf({ rules }: Mapping): string[] {
  return rules.flatMap((rule) => [rule.field, ...stampedFields(rule).map(({ name }) => name)])
}

function unknownField(field: string, known: string[]): AppError {
  const names = [...new Set(known)].sort()
  const message =
    names.length > 0 ? unknownName('field', field, names) : `unknown field "${field}"; no active mapping writes any`
  return new AppError('field.not_found', 'skip', message, { status: 404 })
}

async function unlinkedOf(db: Db, contactId: number, writing: Mapping[]): Promise<Explanation['unlinked']> {
  const { conversations, total } = await selectUnlinked(
    db,
    contactId,
    writing.map((mapping) => mapping.name),
  )
  const [first] = conversations
  return { conversations, total, command: first ? `afterword match list --mapping ${first.mapping}` : null }
}
