import type { Chain, ConfigPart } from '../agents/index.ts'
import type { BackfillState } from '../db/index.ts'
import type { Filter } from '../filters/index.ts'
import type { Canary, CanaryRates } from './canary.ts'
import type { Merges } from './estimate-merges.ts'
import type { Guards } from './guards.ts'
import type { Lane } from './lane.ts'
import type { LaneEstimate } from './price-lanes.ts'

/** What a plan froze: exactly these configs and mapping files are used, or the start is refused. */
export type Frozen = {
  /** Per agent: the version and the hash of the config its conversations are analysed with. */
  configs: Record<string, { version: number; isDraft: boolean; hash: string }>
  /** The same of conversations that went from agent to agent, per chain; absent where there are none. */
  transferred?: FrozenChain[]
  /** Chains that have no config, by `chainKey`, with the code of why: their conversations are skipped. Absent where there are none. */
  leftOut?: Record<string, string>
  /** Mapping files by path, with their hashes. */
  mappings: Record<string, string>
}

export type FrozenChain = Chain & {
  /** The versions that took part, in the order of the transfers. */
  parts: ConfigPart[]
  hash: string
}

/** What a plan expects. Nothing in it was run: counts are exact, tokens, cost and time are estimates. */
export type Estimate = {
  conversations: number
  contacts: number
  /** Of a backfill that asks no model: conversations that nobody has analysed, and that can say nothing. */
  notAnalysed?: number
  /** Expected to be answered from the cache, without a model call. */
  cached: number
  /** Nothing to analyse: never connected, empty, or nobody but the agent spoke. */
  skipped: number
  modelCalls: number
  inputTokens: number
  outputTokens: number
  /** With the provider's prompt cache at work, and the range around it; absent in plans made before there was one. */
  costUsd: number
  costUsdLow?: number
  costUsdHigh?: number
  /** The high end where nothing ever comes from the provider's cache; without a range, what is expected without it. An estimate too. */
  costUsdAtMost: number
  /** How many calls the tokens were learned from, of the model with the fewest; 0: not calibrated yet. Absent where none is asked. */
  learnedFromCalls?: number
  /** The same money, and the time, by each lane that the provider has; absent where it has one only, or none is asked. */
  lanes?: { standard: LaneEstimate; flex: LaneEstimate }
  /** The day of the prices, the oldest of several. */
  pricesAsOf?: string
  /** Texts that a model may have to merge, at the most, their cost included above; absent in plans made before there were any. */
  merges?: Merges
  /** What stands in the way of spending that much; absent in plans made before there were limits. */
  warnings?: string[]
  /** Conversations by whether they have a CRM record, per connection. */
  records: Record<
    string,
    {
      matched: number
      none: number
      parked: number
      /** Those with a record by the step that matched; absent in plans made before steps were counted. */
      steps?: Record<string, number>
      /** Of a mapping that creates: how many records there may be at the most, for people whom nobody has erased or deleted. */
      createdAtMost?: number
      fields: string[]
    }
  >
}

/**
 * Why a running backfill stands still: a limit leaves too little, or (`needsUsd` is null) the model's provider is out of credit. It
 * goes on by itself at `until`, or as soon as there is enough; null: only when somebody raises what it may cost.
 */
export type Parked = { since: Date; until: Date | null; why: string; needsUsd: number | null }

export type CanaryProgress = {
  /** The place of its last item. */
  until: number
  /** What was found, once all of it is analysed. */
  rates: CanaryRates | null
  /** Why a person was asked; null: not asked, or not yet. */
  why: string | null
  /** Since when what it found is released, and the others are worked on. */
  passedAt: Date | null
}

export type Backfill = Lane & {
  id: number
  /** `mapping`: asks no model; the analyses there are go through the rules. */
  kind: 'extract' | 'mapping'
  /** The one mapping and the only CRM fields it is about; null: all. */
  mapping: string | null
  fields: string[] | null
  /** Its exact plan; null where it has none, or the plan has expired. */
  planId: number | null
  runId: number | null
  state: BackfillState
  parked: Parked | null
  /** Why it was paused, where nobody but ourselves has done it. */
  pausedWhy: string | null
  /** Null: it has none. */
  canary: (Canary & CanaryProgress) | null
  actor: string
  reason: string
  filter: Filter
  guards: Guards
  frozen: Frozen
  estimate: Estimate
  concurrency: number
  createdAt: Date
  startedAt: Date | null
  endedAt: Date | null
}
