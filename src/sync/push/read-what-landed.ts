import type { CallCounts, Crm, CrmField } from '../../crm/index.ts'
import { type Db, transact } from '../../db/index.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import { markRecords, priorities } from '../marks.ts'
import { spellingOf } from '../plan-cell.ts'
import { classify } from '../timeline/classify.ts'
import { lockCells, saveCells, saveEvents } from '../timeline/store.ts'
import type { CellState, NoticedEvent } from '../timeline/types.ts'
import { savePushCalls } from './ledger-store.ts'
import type { Intent } from './save-intents.ts'

/**
 * Reads, once, the history of what was just written. An edit made in the seconds between our read and our write shows up as
 * an event of its own, and its record is marked again. Done in the same push, so that a second run of the same backfill
 * asks for no history at all. If it does not get this far, the cells stay `unread` and the next push reads them.
 */
export async function readWhatLanded(
  deps: { db: Db; crm: Crm; fields: CrmField[]; next: SyncAnnouncements; now: () => Date },
  push: { object: string; pushId: string; intents: Intent[]; counts: CallCounts },
): Promise<void> {
  const { db, crm, next } = deps
  const { intents, counts } = push
  if (intents.length === 0) return
  const schema = new Map(deps.fields.map((field) => [field.name, field]))
  const written = intents.flatMap((intent) => intent.cells.map((cell) => cell.field))
  const names = [...new Set(written)].filter((name) => schema.get(name)?.hasHistory).sort()
  const ids = intents.map((intent) => intent.row.externalId)
  const histories = await crm.history(push.object, ids, names, counts)
  const readAt = deps.now().getTime()
  await transact(db, async (trx) => {
    const states = await lockCells(
      trx,
      intents.map((intent) => intent.recordId),
    )
    const events: (NoticedEvent & { recordId: number; field: string })[] = []
    const records = intents.map(({ recordId, row, cells }) => {
      const read = cells.flatMap((cell): [string, CellState][] => {
        const state = states.get(recordId)?.[cell.field]
        const field = schema.get(cell.field)
        const history = histories.get(row.externalId)?.[cell.field] ?? []
        if (!state?.unread || !field) return []
        const known = {
          state,
          switchedOnAt: Number.NEGATIVE_INFINITY,
          intended: [cell.act.after, state.landed ?? null],
          openIntent: false,
          inLastWrite: true,
        }
        const classified = classify(
          { current: state.seen, changedAt: null, othersChangedAt: null, changedByUs: true, readAt, history },
          known,
          spellingOf({ crm, field }),
        )
        events.push(...classified.events.map((event) => ({ ...event, recordId, field: cell.field })))
        return [[cell.field, classified.state]]
      })
      return { recordId, cells: Object.fromEntries(read) }
    })
    await saveEvents(trx, events)
    await saveCells(trx, records)
    const recordIds = events.map((event) => event.recordId)
    await markRecords(trx, { connection: crm.connection, recordIds, priority: priorities.background, reason: 'edit' })
    if (recordIds.length > 0) next.recordsMarked(trx, crm.connection)
    await savePushCalls(trx, push.pushId, counts)
  })
}
