import { randomInt } from 'node:crypto'
import { AppError } from '../errors.ts'

/** Part of what the filter selects, counted in contacts: the first ones in their order, or a random share, the same for the same seed. */
export type Sample = { first: number } | { share: number; seed: number }

/** What a plan keeps to besides its filter. A new plan of the backfill keeps to the same. */
export type Guards = {
  sample?: Sample
  /** Where more are selected, there is no plan. */
  maxConversations?: number
  /** The most that its model calls may cost in all, whoever else may spend more. */
  maxCostUsd?: number
  /** Agents whose draft is meant although it is older than what they have published. */
  draftsOf?: string[]
}

/** The same as it is asked for: without a seed, one is drawn. */
export type AskedGuards = Omit<Guards, 'sample'> & { sample?: { first: number } | { share: number; seed?: number } }

const seeds = 1_000_000

/** Guards as they are stored and shown, a random share with its seed. */
export function settleGuards({ sample, ...guards }: AskedGuards = {}): Guards {
  if (sample === undefined) return guards
  return { ...guards, sample: 'first' in sample ? sample : { seed: randomInt(seeds), ...sample } }
}

/** Throws `backfill.too_many` (422), saying how many there are. */
export function requireFew(conversations: number, { maxConversations }: Guards): void {
  if (maxConversations === undefined || conversations <= maxConversations) return
  const [selected, most] = [conversations, maxConversations].map((each) => each.toLocaleString('en-US'))
  const message = `${selected} conversations are selected, more than the ${most} that are allowed: narrow the filter, take a sample, or allow more`
  const facts = { conversations, maxConversations }
  throw new AppError('backfill.too_many', 'skip', message, { status: 422, facts })
}
