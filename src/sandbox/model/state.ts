import { MODEL_ID } from './completion.ts'
import type { Fault } from './faults.ts'
import { type Journal, newJournal } from './journal.ts'
import type { Manners } from './manners.ts'
import type { PromptCache } from './prompt-cache.ts'

/** Everything one model sandbox knows. */
export type ModelState = {
  apiKey: string
  /** The ids it answers to. */
  models: ReadonlySet<string>
  latencyMs: number
  /** What a flex request waits beside that. */
  flexLatencyMs: number
  manners: Manners
  faults: Fault[]
  cache: PromptCache
  journal: Journal
}

export function newState(options: {
  apiKey: string
  aliases: readonly string[]
  latencyMs: number
  manners: Manners
}): ModelState {
  return {
    apiKey: options.apiKey,
    models: new Set([MODEL_ID, ...options.aliases]),
    latencyMs: options.latencyMs,
    flexLatencyMs: 0,
    manners: options.manners,
    faults: [],
    cache: new Set(),
    journal: newJournal(),
  }
}
