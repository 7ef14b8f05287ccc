import type { Period } from '../../db/index.ts'
import type { PlanInput } from '../plan-backfill.ts'

/** How often a backfill repeats, by the clock of its zone; `minute` is of the hour, else of the day. Days of the week: 1 is Monday. */
export type Every =
  | { unit: 'hour'; minute: number }
  | { unit: 'day'; days: number[]; minute: number }
  | { unit: 'month'; day: number; minute: number }

/** A backfill that a file declares to repeat. */
export type Schedule = {
  name: string
  /** The file; of one in force its name alone. */
  path: string
  text: string
  hash: string
  /** False: it runs only by hand. */
  enabled: boolean
  every: Every
  /** The same as the file has it. */
  rhythm: string
  zone: string
  /** The most that all its runs together may spend in a calendar period, UTC. */
  cap: { usd: number; per: Exclude<Period, 'total'> } | null
  /** What each run plans; its times are those of one moment, the due time or now. Throws nothing: the file was read whole. */
  planAt(at: Date): Omit<PlanInput, 'actor'>
}
