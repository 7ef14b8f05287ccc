import {
  type CrmField,
  coalesce,
  notWritten,
  outcomeOf,
  type Row,
  settledEmpty,
  together,
  type Verdict,
  type WriteOutcome,
  type WriteRow,
  withoutFields,
  written,
} from '../../crm/index.ts'
import { type Db, transact } from '../../db/index.ts'
import type { Value } from '../../mapping/index.ts'
import { heldIn, withValue } from '../contact-fields.ts'
import type { Contact } from '../contact-store.ts'
import { saveContacts } from '../save-contacts.ts'
import { type OwnRecord, selectRecords } from './store.ts'
import { decode, encode, toWire } from './values.ts'

/**
 * Writes each row once, all in one transaction: the contacts are locked, and one that was changed since it was read is left
 * alone, to be read again (`later`, at once), so that no edit is lost. A field that does not take its value is left out of its row.
 */
export async function writeRows(
  { db, now, connection, fields }: { db: Db; now: () => Date; connection: string; fields: readonly CrmField[] },
  rows: readonly WriteRow[],
): Promise<WriteOutcome[]> {
  const schema = new Map(fields.map((field) => [field.name, field]))
  const asked = coalesce(rows)
  return transact(db, async (trx) => {
    const ids = asked.map((row) => row.id)
    const records = await selectRecords(trx, connection, ids, { lock: true })
    const verdicts = new Map<string, Verdict>()
    const edits: { before: Contact; after: Contact }[] = []
    for (const [externalId, group] of Map.groupBy(asked, ({ id }) => records.get(id)?.externalId)) {
      const record = records.get(group[0]?.id ?? '')
      const decided = record && externalId !== undefined ? decide(schema, record, group) : null
      if (decided?.after && record) edits.push({ before: record.contact, after: decided.after })
      for (const row of group)
        verdicts.set(row.id, decided?.verdict ?? notWritten('missing', row, 'there is no such contact'))
    }
    await saveContacts(trx, edits, { author: 'us', actor: 'afterword', at: now() })
    return rows.map((row) => outcomeOf(row, verdicts.get(row.externalId) ?? changedMeanwhile))
  })
}

const changedMeanwhile: Verdict = {
  outcome: 'later',
  values: {},
  rejectedFields: [],
  reason: 'the contact was changed since it was read',
  retryAfterMs: 0,
}

/** What becomes of the rows that mean one contact, and the contact afterwards where it is written. Pure. */
function decide(
  schema: ReadonlyMap<string, CrmField>,
  { externalId, contact, changedAt }: OwnRecord,
  rows: readonly Row[],
): { verdict: Verdict; after?: Contact } {
  if (rows.some((row) => row.changedAt !== null && row.changedAt < changedAt)) return { verdict: changedMeanwhile }
  const whole = together(externalId, rows)
  const taken = new Map<string, Value>()
  const problems = Object.entries(whole.values).flatMap(([name, wire]) => {
    const field = schema.get(name)
    const encoded = field ? encode(field, wire) : { refused: 'there is no such field' }
    const value = field && 'wire' in encoded ? decode(field, encoded.wire) : null
    taken.set(name, value)
    const reason = 'refused' in encoded ? encoded.refused : refusal(contact, name, value)
    return reason === null ? [] : [{ field: name, code: reason, reason }]
  })
  const row = withoutFields(whole, problems)
  const names = Object.keys(row.values)
  if (names.length === 0) return { verdict: settledEmpty(row) }
  const after = names.reduce((state, name) => withValue(state, name, taken.get(name) ?? null), contact)
  const held = Object.fromEntries(names.map((name) => [name, toWire(heldIn(after, name))]))
  return { verdict: written(row, held), after }
}

/** Who asked not to be called is called again when a person says so, not when a conversation does. */
function refusal(contact: Contact, name: string, value: Value): string | null {
  const isCleared = name === 'do_not_call' && contact.doNotCall && value !== true
  return isCleared ? 'do_not_call is never cleared by a rule; a person can' : null
}
