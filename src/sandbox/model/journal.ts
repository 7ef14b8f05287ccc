import { createHash } from 'node:crypto'
import type { Usage } from './completion.ts'

/** One request as the journal keeps it: no text, only the hash of its body. */
type Entry = { hash: string; outcome: string; promptTokens: number; serviceTier: string }

/** What was asked of the model API since its start or its last reset. */
export type Journal = {
  requests: number
  /** How many requests ended how: `answered`, `rejected`, or the fault that befell them. */
  outcomes: Record<string, number>
  inFlight: number
  maxInFlight: number
  tokens: { prompt: number; completion: number; cached: number; cacheWrite: number }
  /** The newest last. */
  last: Entry[]
}

const KEPT_ENTRIES = 500

export function newJournal(): Journal {
  return {
    requests: 0,
    outcomes: {},
    inFlight: 0,
    maxInFlight: 0,
    tokens: { prompt: 0, completion: 0, cached: 0, cacheWrite: 0 },
    last: [],
  }
}

export function enter(journal: Journal): void {
  journal.requests += 1
  journal.inFlight += 1
  journal.maxInFlight = Math.max(journal.maxInFlight, journal.inFlight)
}

/** Books a request out; tokens count only where a completion was made, and so would be billed. */
export function leave(
  journal: Journal,
  {
    body,
    outcome,
    usage,
    serviceTier,
  }: { body: string; outcome: string; usage: Usage | undefined; serviceTier: string },
): void {
  journal.inFlight -= 1
  journal.outcomes[outcome] = (journal.outcomes[outcome] ?? 0) + 1
  journal.tokens.prompt += usage?.prompt_tokens ?? 0
  journal.tokens.completion += usage?.completion_tokens ?? 0
  journal.tokens.cached += usage?.prompt_tokens_details.cached_tokens ?? 0
  journal.tokens.cacheWrite += usage?.prompt_tokens_details.cache_write_tokens ?? 0
  const hash = createHash('sha256').update(body).digest('hex')
  journal.last.push({ hash, outcome, promptTokens: usage?.prompt_tokens ?? 0, serviceTier })
  if (journal.last.length > KEPT_ENTRIES) journal.last.shift()
}
