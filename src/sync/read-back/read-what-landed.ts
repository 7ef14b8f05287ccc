import { isDeepStrictEqual } from 'node:util'
import { type CallCounts, type Crm, type CrmField, readSchema } from '../../crm/index.ts'
import { type Db, transact } from '../../db/index.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import { switchedOn } from '../mapping-store.ts'
import { markRecords, priorities } from '../marks.ts'
import { spellingOf } from '../plan-cell.ts'
import { classify } from '../timeline/classify.ts'
import { knownOf } from '../timeline/known-of.ts'
import { intentsOf, lockCells, type StoredRecord, saveCells, saveEvents, storedRecords } from '../timeline/store.ts'
import type { CellState, NoticedEvent } from '../timeline/types.ts'
import { type Batch, noteRead, unreadRecords } from './store.ts'

type Deps = { db: Db; crm: Crm; next: SyncAnnouncements; now: () => Date }

/** How long what was written waits for its history to be read: whoever writes to the record again meanwhile is read with it. */
export const readBackAfterMs = 300_000

const schemaMaxAgeMs = 600_000

/**
 * Reads the history of what was written `olderThanMs` ago and longer, each record once. An edit made in the seconds between our
 * read and our write, which nothing else shows while the value is ours, becomes an event of its own, and its record is marked
 * again. Apart from the push, for what it asks would double the calls of one. Twice is safe; what is written while it reads
 * stays unread. Returns how many records were read and how many of them were edited; throws the CRM's `AppError`.
 */
export async function readWhatLanded(
  deps: Deps,
  {
    olderThanMs = readBackAfterMs,
    counts,
    signal,
  }: { olderThanMs?: number; counts?: CallCounts; signal?: AbortSignal } = {},
): Promise<{ records: number; edited: number }> {
  const { db, crm } = deps
  const total = { records: 0, edited: 0 }
  let after: Batch | null = null
  while (!signal?.aborted) {
    const next: Batch | null = await unreadRecords(db, crm.connection, { olderThanMs, after, most: crm.batchSize })
    if (!next) break
    total.records += next.recordIds.length
    total.edited += await readBatch(deps, next, counts)
    after = next
  }
  return total
}

async function readBatch(deps: Deps, { object, recordIds }: Batch, counts: CallCounts | undefined): Promise<number> {
  const { db, crm, next } = deps
  const fields = await readSchema({ db, crm }, object, { maxAgeMs: schemaMaxAgeMs })
  const schema = new Map(fields.filter((field) => field.hasHistory).map((field) => [field.name, field]))
  const stored = await storedRecords(db, recordIds)
  const records = stored.map((record) => {
    const unread = Object.entries(record.cells).flatMap(([name, { unread }]) => (unread && schema.get(name)) || [])
    return { record, unread }
  })
  const classified = await classifyHistories(deps, object, records, counts)
  return await transact(db, async (trx) => {
    const states = await lockCells(trx, recordIds)
    // What was pushed meanwhile stays unread.
    const settled = classified.filter(({ recordId, known }) =>
      Object.entries(known).every(([name, state]) => isDeepStrictEqual(states.get(recordId)?.[name], state)),
    )
    const events = settled.flatMap((each) => each.events)
    await saveEvents(trx, events)
    await saveCells(trx, settled)
    const pushed = new Set(classified.flatMap((each) => (settled.includes(each) ? [] : each.recordId)))
    await noteRead(
      trx,
      recordIds.filter((recordId) => !pushed.has(recordId)),
    )
    const edited = [...new Set(events.map(({ recordId }) => recordId))]
    const mark = { recordIds: edited, priority: priorities.live, reason: 'edit' }
    await markRecords(trx, { connection: crm.connection, ...mark })
    if (edited.length > 0) next.recordsMarked(trx, crm.connection)
    return edited.length
  })
}

/** What the histories of the unread cells tell. `known`: the cells as they were taken to be. */
async function classifyHistories(
  { db, crm, now }: Deps,
  object: string,
  records: readonly { record: StoredRecord; unread: CrmField[] }[],
  counts: CallCounts | undefined,
) {
  const recordIds = records.map(({ record }) => record.recordId)
  const [intents, since] = await Promise.all([intentsOf(db, recordIds), switchedOn(db, crm.connection, object)])
  const intentsBy = Map.groupBy(intents, (intent) => intent.recordId)
  const names = [...new Set(records.flatMap(({ unread }) => unread.map((field) => field.name)))].sort()
  const ids = records.flatMap(({ record, unread }) => (unread.length > 0 ? record.externalId : []))
  const histories = await crm.history(object, ids, names, counts)
  const readAt = now().getTime()
  return records.map(({ record, unread }) => {
    const { recordId } = record
    const facts = { ...record, intents: intentsBy.get(recordId) ?? [] }
    const events: (NoticedEvent & { recordId: number; field: string })[] = []
    const cells: Record<string, CellState> = {}
    for (const field of unread) {
      const known = knownOf({ facts, field }, since, readAt)
      const history = histories.get(record.externalId)?.[field.name] ?? []
      const current = known.state?.seen ?? null
      const look = { current, changedAt: null, othersChangedAt: null, changedByUs: true, readAt, history }
      const { events: noticed, state } = classify(look, known, spellingOf({ crm, field }))
      events.push(...noticed.map((event) => ({ ...event, recordId, field: field.name })))
      cells[field.name] = state
    }
    return { recordId, known: record.cells, events, cells }
  })
}
