import type { Crm, CrmField, Finding, HistoryEntry } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { fieldsWritten } from './inspect-fields.ts'
import { recentlyWritten } from './store.ts'

const days = 30
/** Two calls of HubSpot's, one of Salesforce's. */
const mostRecords = 100

type Entry = HistoryEntry & { field: string; recordId: string }

const words: Record<Exclude<HistoryEntry['author'], 'us'>, string> = {
  person: 'people',
  automation: 'an automation or another app',
  import: 'an import',
  unknown: 'somebody unknown',
}

/**
 * Who else has set the fields that these mappings write, on the records we wrote last, by the CRM's own history of the last 30 days.
 * People may; a machine that sets the same field again and again fights with us. Throws what `history` throws.
 */
export async function foreignWriters(
  { db, crm, now }: { db: Db; crm: Crm; now: () => Date },
  { object, mappings, fields }: { object: string; mappings: readonly Mapping[]; fields: readonly CrmField[] },
): Promise<Finding[]> {
  const about = `${object} other writers`
  const written = new Set(fieldsWritten(mappings))
  const told = fields.filter(({ name, hasHistory }) => written.has(name) && hasHistory).map(({ name }) => name)
  const ids = await recentlyWritten(db, { connection: crm.connection, object }, { days, most: mostRecords })
  if (ids.length === 0 || told.length === 0) return []
  const since = now().getTime() - days * 86_400_000
  const histories = await crm.history(object, ids, told)
  const entries = [...histories].flatMap(([recordId, byField]) =>
    Object.entries(byField).flatMap(([field, history]) =>
      history.map((entry): Entry => ({ ...entry, field, recordId })),
    ),
  )
  // What stood before its history began was set at some time, by nobody known: no sign of anybody who writes now.
  const foreign = entries.filter(
    (entry) => entry.author !== 'us' && entry.atLatest !== true && entry.at.getTime() >= since,
  )
  const looked = `of ${ids.length} records we wrote last`
  if (foreign.length === 0) {
    return [{ about, verdict: 'ok', found: `nobody but us set these fields in the last ${days} days, ${looked}` }]
  }
  const people = foreign.filter(({ author }) => author === 'person')
  const machines = foreign.filter(({ author }) => author !== 'person')
  const findings: Finding[] = [
    ...Map.groupBy(machines, ({ field, source }) => JSON.stringify([field, source])).values(),
  ]
    .sort((a, b) => b.length - a.length)
    .flatMap((group) => toFinding(about, looked, group))
  if (people.length > 0) {
    const names = [...Map.groupBy(people, ({ field }) => field)].map(([field, group]) => `${field} ${times(group)}`)
    findings.push({ about, verdict: 'ok', found: `people set ${names.join(', ')} in the last ${days} days, ${looked}` })
  }
  return findings
}

function toFinding(about: string, looked: string, group: readonly Entry[]): Finding[] {
  const [first] = group
  if (!first || first.author === 'us') return []
  const records = new Set(group.map(({ recordId }) => recordId)).size
  const who = `${words[first.author]} (${first.source})`
  const found = `${who} set ${first.field} ${times(group)} in the last ${days} days, on ${records} ${looked}`
  const advice = `stop it there, or write another field; what it sets counts as an edit unless the rule says others: ignore`
  return [{ about, verdict: 'warning', found, advice }]
}

function times({ length }: { length: number }): string {
  return length === 1 ? 'once' : `${length} times`
}
