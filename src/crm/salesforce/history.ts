import { chunked } from '../chunked.ts'
import type { CallCounts, HistoryEntry, Wire } from '../contract.ts'
import type { AuthorOf, AuthorsOf } from './authors.ts'
import type { SalesforceClient } from './client.ts'
import { retrieveRecords } from './retrieve.ts'
import { idsIn, listIn, MOST_IDS, nameIn } from './soql.ts'
import type { WireRow } from './wire.ts'

type Change = { value: Wire; before: Wire; at: number; userId: string }

/**
 * The changes of these fields, newest first, by record id. Salesforce keeps none of the value a record was created with: what
 * stood before the first change comes last, at the latest it can have been set. Of long text it keeps no values: the newest is
 * what stands now, older ones are not told. Throws `SalesforceError`.
 */
export async function readHistory(
  deps: { client: SalesforceClient; authorsOf: AuthorsOf },
  object: string,
  ids: string[],
  fields: string[],
  counts?: CallCounts,
): Promise<Map<string, Record<string, HistoryEntry[]>>> {
  const { client } = deps
  const count = () => counts && counts.history++
  const changes = new Map<string, Map<string, Change[]>>(ids.map((id) => [id, new Map()]))
  for (const chunk of chunked(ids, MOST_IDS)) {
    for (const row of await client.queryAll(historyQuery(object, chunk, fields), { count })) {
      const byField = changes.get(row[`${object}Id`] ?? '')
      const field = row.Field ?? ''
      byField?.set(field, [...(byField.get(field) ?? []), toChange(row)])
    }
  }
  const all = [...changes.values()].flatMap((byField) => [...byField.values()].flat())
  const authorOf = await deps.authorsOf([...new Set(all.map(({ userId }) => userId))], count)
  const current = await currentOfUntold(client, object, changes, count)
  return new Map(
    [...changes].map(([id, byField]) => {
      const told = [...byField].map(([field, oldestFirst]) => [
        field,
        entriesOf(oldestFirst, authorOf, current.get(id)?.[field] ?? null),
      ])
      return [id, Object.fromEntries(told)]
    }),
  )
}

function historyQuery(object: string, ids: string[], fields: string[]): string {
  const owner = `${nameIn(object)}Id`
  const where = `${owner} IN ${idsIn(ids)} AND Field IN ${listIn(fields)}`
  return (
    `SELECT ${owner}, Field, OldValue, NewValue, CreatedById, CreatedDate FROM ${object}History ` +
    // Times are whole seconds; within one, ids tell the order.
    `WHERE ${where} ORDER BY CreatedDate, Id`
  )
}

function toChange(row: WireRow): Change {
  const { NewValue: value = null, OldValue: before = null, CreatedDate, CreatedById } = row
  return { value, before, at: Date.parse(CreatedDate ?? ''), userId: CreatedById ?? '' }
}

/** Both values are empty in a change of long text, and nowhere else: an entry is only made where a value changed. */
function isUntold({ value, before }: Change): boolean {
  return value === null && before === null
}

/** What the records hold now in fields whose newest change does not tell. Read after the history, so it is never older. */
async function currentOfUntold(
  client: SalesforceClient,
  object: string,
  changes: Map<string, Map<string, Change[]>>,
  count: () => void,
): Promise<Map<string, WireRow>> {
  const untold = [...changes].flatMap(([id, byField]) =>
    [...byField].flatMap(([field, list]) => (list.some(isUntold) ? [{ id, field }] : [])),
  )
  if (untold.length === 0) return new Map()
  const ids = [...new Set(untold.map(({ id }) => id))]
  const fields = [...new Set(untold.map(({ field }) => field))]
  return await retrieveRecords(client, object, ids, fields, count)
}

/** Of one second, each change a millisecond later than the one before: their order is all that is known of them. */
function entriesOf(oldestFirst: Change[], authorOf: AuthorOf, current: Wire): HistoryEntry[] {
  const last = oldestFirst.length - 1
  const entries = oldestFirst.flatMap((change, place): HistoryEntry[] => {
    const sameSecond = oldestFirst.slice(0, place).filter(({ at }) => at === change.at).length
    const told = { at: new Date(change.at + sameSecond), ...authorOf(change.userId) }
    if (!isUntold(change)) return [{ value: change.value, ...told }]
    return place === last ? [{ value: current, ...told }] : []
  })
  const [first] = oldestFirst
  const before = first?.before ?? null
  if (first && before !== null) {
    const at = new Date(first.at - 1)
    entries.unshift({ value: before, at, author: 'unknown', source: 'before its history', atLatest: true })
  }
  return entries.reverse()
}
