import { type Actor, recordEntry } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { BackfillAnnouncements } from './announcements.ts'
import { getBackfill } from './store.ts'
import type { Backfill } from './types.ts'

/** What the plan and a change of speed may say; the table holds it too. */
const range = { least: 1, most: 256 }

/**
 * Sets how many conversations a backfill analyses at a time, also while it runs: its workers take it up within a second. What is in
 * flight ends. Refuses a number outside of 1 to 256 (`backfill.concurrency`, 422) and a backfill that has ended (409).
 */
export async function setSpeed(
  deps: { db: Db; next: BackfillAnnouncements },
  input: { id: number; concurrency: number; actor: Actor },
): Promise<Backfill> {
  const { id, concurrency, actor } = input
  if (!Number.isInteger(concurrency) || concurrency < range.least || concurrency > range.most) {
    const message = `concurrency is ${concurrency}; it must be a whole number from ${range.least} to ${range.most}`
    throw new AppError('backfill.concurrency', 'skip', message, { status: 422 })
  }
  return transact(deps.db, async (trx) => {
    // The lock keeps what the audit says was before true.
    await trx.selectFrom('backfills').select('id').where('id', '=', id).forUpdate().execute()
    const { state, concurrency: before } = await getBackfill(trx, id)
    const changed = await trx
      .updateTable('backfills')
      .set({ concurrency })
      .where('id', '=', id)
      .where('state', 'in', ['planned', 'running', 'paused'])
      .returning('id')
      .executeTakeFirst()
    if (!changed) {
      const message = `backfill ${id} is ${state}; only one that is planned, running or paused has a speed to change`
      throw new AppError('backfill.state', 'skip', message, { status: 409 })
    }
    if (before !== concurrency) {
      const entry = { before: { concurrency: before }, after: { concurrency } }
      await recordEntry(trx, {
        actor,
        action: 'backfill.speed',
        subject: { kind: 'backfill', id: String(id) },
        ...entry,
      })
    }
    // Lanes that had no share of the old number have ended; they may have one of the new.
    if (state === 'running') await deps.next.backfillRuns(trx, id)
    return getBackfill(trx, id)
  })
}
