import { AppError } from '../errors.ts'
import type { Model, Tier } from '../model/index.ts'

/** How the model is asked: `flex` at half the price where the provider has it, until `deadlineAt`; what is late goes as `standard`. */
export type Lane = { lane: Tier; deadlineAt: Date | null }

/** The same as it is asked for: standard, unless told. */
export type AskedLane = { lane?: Tier; deadlineAt?: Date | null }

/** A lane as it is stored. Throws `backfill.deadline` (422) for a deadline without flex, and what `requireLane` throws. */
export function settleLane(model: Pick<Model, 'profile'>, { lane = 'standard', deadlineAt = null }: AskedLane): Lane {
  requireLane(model, lane)
  if (deadlineAt === null || lane === 'flex') return { lane, deadlineAt }
  const message = 'a deadline says until when flex is asked: it goes with the lane flex'
  throw new AppError('backfill.deadline', 'skip', message, { status: 422 })
}

/** Throws `backfill.lane` (422) where the provider has no such lane. */
export function requireLane({ profile }: Pick<Model, 'profile'>, lane: Tier): void {
  if (lane === 'standard' || profile.hasFlex) return
  const message = `the model provider (${profile.name}, ${profile.baseUrl}) has no flex lane: leave the lane out, or, where it does have one, say so by flex=yes in AFTERWORD_MODEL_PROFILE`
  throw new AppError('backfill.lane', 'skip', message, { status: 422, facts: { provider: profile.name } })
}

/** One sentence where a plan that was made anew has kept a deadline that is over. Pure. */
export function warnOfDeadline({ deadlineAt }: Lane, now: Date): string[] {
  if (deadlineAt === null || deadlineAt > now) return []
  return [`the deadline ${deadlineAt.toISOString()} is over: all of it goes to the standard lane, at its price`]
}
