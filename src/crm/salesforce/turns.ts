import type { Db } from '../../db/index.ts'
import { openDay } from '../../limits/index.ts'
import type { Log } from '../../log.ts'
import { SalesforceError, type Usage } from './errors.ts'

export type TurnOptions = {
  connection: string
  /** How many percent of the org's calls in 24 hours all its apps may have used before background work ends; null: half of what was left at first. */
  dayPercent?: number | null
}

const hourMs = 3_600_000
/** The org's day is a rolling one: what was told a while ago holds nobody back. */
const learnAfterMs = hourMs / 4

/** Whether a call may be made, by what the org's apps have used of its calls in 24 hours. Without a database nothing is known. */
export function openTurns(deps: { db?: Db; log: Log; now?: () => Date }, options: TurnOptions) {
  const { db, now = () => new Date() } = deps
  const { connection, dayPercent = null } = options
  const day =
    db &&
    openDay(
      { ...deps, db, now },
      {
        connection,
        mostPerDay: null,
        endsAt: (at) => new Date(at.getTime() + 24 * hourMs),
        keptOf: ({ most, firstRemaining }) =>
          Math.floor(dayPercent === null ? (firstRemaining ?? 0) / 2 : ((most ?? 0) * (100 - dayPercent)) / 100),
        learnAfterMs,
      },
    )
  return {
    /** Throws `daily` where no call may be made for now. */
    async take(): Promise<void> {
      const hold = await day?.take()
      if (hold) throw new SalesforceError('daily', hold.why, { retryAfterMs: hold.until.getTime() - now().getTime() })
    },
    heed({ used, most }: Usage): void {
      day?.tell({ most, remaining: Math.max(0, most - used) })
    },
    async heedRefusal({ kind }: SalesforceError): Promise<void> {
      if (kind === 'daily') await day?.close()
    },
  }
}
