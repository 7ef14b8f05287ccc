import type { Db } from '../../db/index.ts'
import type { Hold } from '../pace.ts'
import { type CallDayRow, findDay } from './day-store.ts'

/** `isUsedUp`: not even what a person asks for is sent. */
export type DayHold = Hold & { isUsedUp: boolean }

/** Why background work asks a CRM nothing more today: what is left of the account's calls is for others, or none is. */
export async function dayHold(deps: { db: Db; now: () => Date }, connection: string): Promise<DayHold | null> {
  const row = await findDay(deps, connection)
  return row ? holdOf(connection, row, deps.now()) : null
}

/** Pure. */
export function holdOf(connection: string, day: CallDayRow, now: Date): DayHold | null {
  const { remaining, most, kept } = day
  const until = day.learnAt < day.endsAt ? day.learnAt : day.endsAt
  if (remaining === null || remaining > kept || until <= now) return null
  if (remaining <= 0) return { why: `the calls of ${connection} for today are used up`, until, isUsedUp: true }
  const of = most === null ? '' : ` of ${most}`
  const why = `${remaining}${of} calls of ${connection} for today are left, and ${kept} are kept for its other apps`
  return { why, until, isUsedUp: false }
}
