import type { Db } from '../../db/index.ts'
import { nextDue } from './due-times.ts'
import { newestRuns, type ScheduleRun, standingSchedules } from './store.ts'
import type { Schedule } from './types.ts'

export type ListedSchedule = {
  schedule: Schedule
  /** Null: it is not enabled. */
  nextDue: Date | null
  lastRun: ScheduleRun | null
}

/** The schedules in force, by name, each with when it is due next and what became of its newest run. */
export async function listSchedules(deps: { db: Db; now: () => Date }): Promise<ListedSchedule[]> {
  const runs = await newestRuns(deps.db)
  const now = deps.now()
  return (await standingSchedules(deps.db)).map(({ schedule }) => ({
    schedule,
    nextDue: schedule.enabled ? nextDue(schedule, now) : null,
    lastRun: runs.get(schedule.name) ?? null,
  }))
}
