import type { Db } from '../../db/index.ts'
import type { Log } from '../../log.ts'
import { isBackground } from './background.ts'
import { type DayHold, holdOf } from './day-hold.ts'
import { type CallDayRow, countCalls, keepCalls, type Usage } from './day-store.ts'

export type DayOptions = {
  connection: string
  /** When the day that is on ends. */
  endsAt: (now: Date) => Date
  /** The account's calls in a day, where the CRM does not tell. */
  mostPerDay: number | null
  /** How many calls background work leaves to others. Pure. */
  keptOf: (day: Pick<CallDayRow, 'most' | 'firstRemaining'>) => number
  /** Where calls come back all the while (a rolling day): after how long what was told is too old to hold anybody. Null: not before the day ends. */
  learnAfterMs: number | null
}

/**
 * The calls a connection's account has in a day, for all processes: told by the CRM where it does, else counted. Background
 * work ends where only what is kept for others is left; what a person waits for, where nothing is.
 */
export function openDay(deps: { db: Db; log: Log; now: () => Date }, options: DayOptions) {
  const { connection, mostPerDay, learnAfterMs } = options
  let told: Usage | null = null
  let heldUntil = 0

  async function count(calls: number): Promise<DayHold | null> {
    const now = deps.now()
    const news = told
    told = null
    const row = await countCalls(deps, connection, {
      calls,
      now,
      endsAt: options.endsAt(now),
      mostPerDay,
      told: news,
      learnAfterMs,
    })
    const kept = options.keptOf(row)
    if (kept !== row.kept) await keepCalls(deps, connection, kept)
    const hold = holdOf(connection, { ...row, kept }, now)
    if (hold && hold.until.getTime() !== heldUntil) {
      heldUntil = hold.until.getTime()
      deps.log.warn({ connection, until: hold.until.toISOString(), reason: hold.why }, 'work for a CRM waits')
    }
    return hold
  }

  return {
    /** Takes one call of the day. What is returned keeps it from being made. */
    async take(): Promise<DayHold | null> {
      const hold = await count(1)
      return hold !== null && (hold.isUsedUp || isBackground()) ? hold : null
    },
    /** What an answer told; stored with the next call. */
    tell(usage: { most: number | null; remaining: number }): void {
      told = { ...usage, toldAt: deps.now() }
    },
    /** The CRM refuses for the day: stored at once, for everybody. */
    async close(): Promise<void> {
      told = { most: told?.most ?? null, remaining: 0, toldAt: deps.now() }
      await count(0)
    },
  }
}
