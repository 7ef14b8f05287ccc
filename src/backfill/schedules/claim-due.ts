import { type Db, type Trx, transact } from '../../db/index.ts'
import { newestDue, nextDue } from './due-times.ts'
import {
  dropOldRuns,
  goingRun,
  insertRun,
  lockSchedule,
  type ScheduleRun,
  type Standing,
  standingSchedules,
} from './store.ts'

/** What came to nothing is told for so long. */
const toldForMs = 90 * 24 * 3_600_000

/**
 * Claims what is due of every enabled schedule: each due time once, whoever asks and however often. Of several that nobody was there to
 * start only the newest is, and it says how many others there were; where the run before it has not come to its end, it is skipped
 * and says why. `claimedRuns` tells which are to be started.
 */
export async function claimDue(deps: { db: Db; now: () => Date }): Promise<void> {
  const now = deps.now()
  for (const standing of await standingSchedules(deps.db)) {
    if (isDue(standing, now)) await transact(deps.db, (trx) => claim(trx, standing.schedule.name, now))
  }
}

function isDue({ schedule, ...seen }: Standing, now: Date): boolean {
  return schedule.enabled && nextDue(schedule, seenUntil(seen)) <= now
}

function seenUntil({ since, lastDue }: Omit<Standing, 'schedule'>): Date {
  return lastDue !== null && lastDue > since ? lastDue : since
}

async function claim(trx: Trx, name: string, now: Date): Promise<void> {
  const standing = await lockSchedule(trx, name)
  // Somebody was faster, or its file has changed.
  if (!standing || !isDue(standing, now)) return
  const { schedule, ...seen } = standing
  const found = newestDue(schedule, seenUntil(seen), now)
  if (found === null) return
  const going = await goingRun(trx, name)
  const skippedFor = going === undefined ? null : whyGoing(going)
  await insertRun(trx, { schedule, dueAt: found.due, askedBy: null, missed: found.earlier, skippedFor, at: now })
  await dropOldRuns(trx, name, new Date(now.getTime() - toldForMs))
}

/** Why a run stands in the way of the next, and what to do where it waits for somebody. */
export function whyGoing({ dueAt, askedBy, backfill, why }: ScheduleRun): string {
  const run = dueAt === null ? `the run that ${askedBy} asked for` : `the run of ${dueAt.toISOString()}`
  if (backfill === null) return `${run} has not started yet${why === null ? '' : `: ${why}`}`
  const { id, state } = backfill
  if (state === 'stopped') return `${run} is stopped for a person: afterword backfill go-on ${id}, or cancel ${id}`
  if (state === 'paused') return `${run} is paused: afterword backfill resume ${id}, or cancel ${id}`
  return `${run} is still going: backfill ${id}${backfill.why === null ? '' : `, ${backfill.why}`}`
}
