import { type Actor, actorLabel, recordEntry } from '../../audit/index.ts'
import { transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { unknownName } from '../../filters/index.ts'
import { whyGoing } from './claim-due.ts'
import { retryMs, type ScheduledDeps, startScheduled } from './start-scheduled.ts'
import { goingRun, insertRun, lockSchedule, type ScheduleRun, standingSchedules } from './store.ts'

/**
 * Runs a schedule now, also one that is not enabled, with relative times as of now; its due times stay as they are. Throws 404 with the
 * nearest name, and `schedule.going` (409) where a run of it has not come to its end.
 */
export async function runSchedule(
  deps: ScheduledDeps,
  input: { name: string; actor: Actor },
  signal?: AbortSignal,
): Promise<ScheduleRun> {
  const { name, actor } = input
  const names = (await standingSchedules(deps.db)).map(({ schedule }) => schedule.name)
  const runId = await transact(deps.db, async (trx) => {
    const standing = await lockSchedule(trx, name)
    if (!standing) {
      const message = names.length > 0 ? unknownName('schedule', name, names) : 'no backfill is declared to repeat'
      throw new AppError('schedule.not_found', 'skip', message, { status: 404 })
    }
    const going = await goingRun(trx, name)
    if (going) throw new AppError('schedule.going', 'skip', whyGoing(going), { status: 409 })
    const { schedule } = standing
    const at = deps.now()
    // Started right here; should this process die, a worker takes it up.
    const byHand = { dueAt: null, askedBy: actorLabel(actor), retryAt: new Date(at.getTime() + retryMs) }
    const id = await insertRun(trx, { schedule, ...byHand, missed: 0, skippedFor: null, at })
    const subject = { kind: 'schedule', id: name }
    await recordEntry(trx, { actor, action: 'schedule.run', subject, after: { run: id, hash: schedule.hash } })
    return id
  })
  return startScheduled(deps, runId, signal)
}
