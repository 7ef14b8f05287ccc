import type { Actor } from '../../audit/index.ts'
import { transact, withLock } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { Model } from '../../model/index.ts'
import type { PlanDeps } from '../../sync/index.ts'
import type { BackfillAnnouncements } from '../announcements.ts'
import { planBackfill } from '../plan-backfill.ts'
import { startBackfill } from '../start-backfill.ts'
import { discardPlanned } from '../store.ts'
import type { Blast } from '../warn-of-blast.ts'
import { nextDue } from './due-times.ts'
import { getRun, moveRun, type ScheduleRun, scheduleOf, unstartedPlans } from './store.ts'
import type { Schedule } from './types.ts'

export type ScheduledDeps = PlanDeps & Blast & { model: Model; next: BackfillAnnouncements }

export const retryMs = 60_000

/**
 * Plans and starts the backfill of a run that was claimed, in the name of its schedule, with relative times as they were when it was due.
 * Its plan is started once, whoever else tries and whatever crashes in between: tried again, it goes on with what is there. That nothing is
 * selected, and what no second try can mend, end the run with the reason; anything else is tried again in a minute, until the next due time.
 */
export async function startScheduled(deps: ScheduledDeps, runId: number, signal?: AbortSignal): Promise<ScheduleRun> {
  const { db } = deps
  // Two that plan at a time would do no harm, but the same work: the database lets only one of them start.
  await withLock(db, `schedule run ${runId}`, async () => {
    const run = await getRun(db, runId)
    if (run.state !== 'claimed') return
    const schedule = await scheduleOf(db, runId)
    if (schedule === null)
      return void (await moveRun(db, runId, { state: 'failed', why: 'its file no longer reads: save it again' }))
    try {
      if (run.backfill === null) await planAndStart(deps, schedule, run, signal)
    } catch (error) {
      // What failed may have been the answer alone: then it has started.
      if ((await getRun(db, runId)).backfill === null) {
        await dropPlans(deps, runId)
        await endOrRetry(deps, schedule, run, error)
        if (error instanceof AppError) return
        throw error
      }
    }
    await moveRun(db, runId, { state: 'started', why: null, retry_at: null })
  })
  return getRun(db, runId)
}

async function planAndStart(
  deps: ScheduledDeps,
  schedule: Schedule,
  run: ScheduleRun,
  signal?: AbortSignal,
): Promise<void> {
  await dropPlans(deps, run.id)
  const actor: Actor = { kind: 'schedule', name: schedule.name }
  const at = run.dueAt ?? run.claimedAt
  const { id } = await planBackfill(deps, { ...schedule.planAt(at), actor, scheduleRunId: run.id }, signal)
  await startBackfill(deps, { id, actor })
}

async function dropPlans({ db }: ScheduledDeps, runId: number): Promise<void> {
  for (const { id, planId } of await unstartedPlans(db, runId))
    await transact(db, (trx) => discardPlanned(trx, id, planId))
}

async function endOrRetry(deps: ScheduledDeps, schedule: Schedule, run: ScheduleRun, error: unknown): Promise<void> {
  // What nobody has foreseen may tell anything: that is for the log.
  const why = error instanceof AppError ? error.message : 'an error that was not foreseen: see the log'
  const now = deps.now()
  if (error instanceof AppError && error.code === 'backfill.empty')
    return void (await moveRun(deps.db, run.id, { state: 'empty', why }))
  // What changed between its plan and its start is planned again.
  const canHelp = !(error instanceof AppError) || error.recovery === 'retry' || error.code === 'backfill.plan_changed'
  const isInTime = nextDue(schedule, run.dueAt ?? run.claimedAt) > now
  if (canHelp && isInTime)
    await moveRun(deps.db, run.id, { state: 'claimed', why, retry_at: new Date(now.getTime() + retryMs) })
  else await moveRun(deps.db, run.id, { state: 'failed', why })
}
