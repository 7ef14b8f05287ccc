import type { ConnectionPace, QuietHours } from '../config.ts'
import type { Db } from '../db/index.ts'
import { type Rate, readTurns, takeTurns } from './bucket-store.ts'
import { dayHold } from './calls/day-hold.ts'
import { clockOf, quietUntil } from './quiet-until.ts'

/** How fast and when each connection may be written to, by its name; one that is missing may always, as fast as it takes it. */
export type Paces = ReadonlyMap<string, ConnectionPace>

/** Why work for a connection stands still, and when it goes on by itself. */
export type Hold = { why: string; until: Date }

/** The quiet hours that a connection is in, if any. Pure. */
export function quietHold(paces: Paces, connection: string, now: Date): Hold | null {
  const quiet: QuietHours | null = paces.get(connection)?.quietHours ?? null
  const until = quiet && quietUntil(quiet, now)
  if (!quiet || !until) return null
  return { why: `quiet hours of ${connection} until ${clockOf(quiet, until, now)}`, until }
}

/** At most so many within any minute: a tenth of them at once, the others one by one. */
function rateOf(recordsPerMinute: number): Rate {
  const burst = Math.max(1, Math.floor(recordsPerMinute / 10))
  return { burst, perSecond: (recordsPerMinute - burst + 1) / 60 }
}

/** How many records of a connection may be written now: infinitely many without a pace. Takes none. */
export async function recordsFree(deps: { db: Db; paces: Paces }, connection: string): Promise<number> {
  const rate = rateIn(deps.paces, connection)
  return rate ? readTurns(deps, bucketOf(connection), rate) : Number.POSITIVE_INFINITY
}

/** Takes leave to write up to so many records of a connection now, for all processes; returns how many may be. */
export async function takeRecords(deps: { db: Db; paces: Paces }, connection: string, wanted: number): Promise<number> {
  const rate = rateIn(deps.paces, connection)
  return rate && wanted > 0 ? takeTurns(deps, bucketOf(connection), rate, wanted) : wanted
}

/** The hold of a connection that has used up its pace. */
export function paceHold(paces: Paces, connection: string, now: Date): Hold {
  const { burst, perSecond } = rateIn(paces, connection) ?? { burst: 1, perSecond: 1 }
  const perMinute = paces.get(connection)?.recordsPerMinute ?? 0
  const until = new Date(now.getTime() + Math.ceil((burst / perSecond) * 1_000))
  return { why: `${perMinute} records a minute of ${connection}`, until }
}

/** Why nothing but what a person asks for is written to a connection now: its quiet hours, the calls of its account's day, or its pace; null: it is. */
export async function standingHold(
  deps: { db: Db; paces: Paces; now: () => Date },
  connection: string,
): Promise<Hold | null> {
  const now = deps.now()
  const quiet = quietHold(deps.paces, connection, now)
  if (quiet !== null) return quiet
  const day = await dayHold(deps, connection)
  if (day !== null) return { why: day.why, until: day.until }
  if ((await recordsFree(deps, connection)) >= 1) return null
  return paceHold(deps.paces, connection, now)
}

function rateIn(paces: Paces, connection: string): Rate | null {
  const perMinute = paces.get(connection)?.recordsPerMinute ?? null
  return perMinute === null ? null : rateOf(perMinute)
}

function bucketOf(connection: string): string {
  return `records:${connection}`
}
