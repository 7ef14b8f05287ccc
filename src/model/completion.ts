import type { AnalysisOutcome } from '../db/index.ts'

/** Tokens as the provider counted them: `inputTokens` includes the cached and the written ones. */
export type Usage = { inputTokens: number; cachedTokens: number; cacheWriteTokens: number; outputTokens: number }

/** How a call is served: `flex` costs half as much, comes later, and is refused at times for want of machines. */
export type Tier = 'standard' | 'flex'

/** What came of asking a model once: always one outcome, always with what was used and the provider's id for it. */
export type Completion = {
  outcome: AnalysisOutcome
  /** The answer, without what a model wrapped around its JSON; partial when truncated, empty where there is none. */
  text: string
  /** What `text` parses to; absent where it is no JSON. */
  json?: unknown
  usage: Usage
  /** False: it may have been billed, and nobody told how much. */
  isMetered: boolean
  requestId: string | null
  /** The model that answered, by the name it gives itself; else the one that was asked. */
  model: string
  /** How it was served, where the answer says so. */
  tier?: Tier
  /** Why it is not ok, as a short code or finish reason. Never text of the conversation. */
  reason: string | null
}

export type CompletionRequest = {
  /** The provider's name of the model. */
  model: string
  /** The static part, the same bytes for every conversation of a config. */
  instructions: string
  /** The part that differs: one conversation. */
  input: string
  /** Said after it, in a second try: what was wrong with the shape of the first answer. */
  repair?: string
  schema: { name: string; body: Record<string, unknown> }
  /** Requests with the same static part share it; holds nothing personal. */
  cacheKey: string
  maxOutputTokens: number
}

export const noUsage: Usage = { inputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 0 }
