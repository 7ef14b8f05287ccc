import type { SchemaFormat } from '../config.ts'
import type { Db } from '../db/index.ts'
import type { Turn } from '../limits/index.ts'
import { complete, type Gate, type Model } from './client.ts'
import { type Completion, type CompletionRequest, noUsage, type Tier } from './completion.ts'
import { type EndedAttempt, endAttempts } from './end-attempts.ts'
import type { Verdict } from './failure.ts'
import { formatFor, giveUpFormat } from './format.ts'
import { outOfCredit, type Priority, takeTurn } from './pace/take-turn.ts'
import { turnEnd } from './pace/turn-end.ts'
import { atMostUsd, costUsd } from './prices.ts'
import { requestBytes, requestText } from './request-text.ts'
import { type NewAttempt, startAttempt } from './start-attempt.ts'
import { staticBytes } from './static-part.ts'
import { wayTo } from './ways.ts'

export type ModelCall = Pick<NewAttempt, 'purpose' | 'conversationId' | 'runId' | 'requestHash'> & {
  request: CompletionRequest
  /** How many fields are asked for, or how many texts there are to merge. Left out, estimates learn nothing from the call. */
  parts?: number
}

type AskDeps = { db: Db; model: Model; now: () => Date }

/** An answer, and the attempt that it ends: hand it to `endAttempts` in the transaction that keeps the answer. */
export type Asked = { completion: Completion; attempt: Omit<EndedAttempt, 'outcome'> }

/**
 * Who waits for an answer, and until when: `signal` breaks off a call, `leave` ends only the wait for a try that has not begun. `tier`: how it
 * is to be served, where the provider has that.
 */
export type AskOptions = { priority?: Priority; tier?: Tier; signal?: AbortSignal; leave?: AbortSignal }

/**
 * The one way to ask a model, at the provider that its name ends with, else the first; flex only where that has it. Waits its turn among all processes, reserves the most the call can cost and notes the attempt before
 * anything is sent; an error of the provider, for which nothing is billed, gives the reservation back. An abort leaves the attempt
 * open, reserved: it may have been billed. Each try is an attempt of its own with a turn and a reservation of its own, so that tries
 * never cost more together than is reserved; who waits has none. A provider that refuses the format of the schema is asked in the
 * next one, until it takes one. Throws what `takeTurn`, `startAttempt` and `complete` throw, and the signals' reasons.
 */
export async function askModel({ model, ...rest }: AskDeps, call: ModelCall, options: AskOptions = {}): Promise<Asked> {
  const deps = { ...rest, model: wayTo(model, call.request.model) }
  for (;;) {
    const format = formatFor(deps.model, call.request.model)
    try {
      return await askOnce(deps, call, { ...options, format })
    } catch (error) {
      if (!giveUpFormat(deps.model, call.request.model, format, error)) throw error
    }
  }
}

/** Asks in one format, or throws `model.format_refused` (stop). */
export async function askOnce(
  deps: AskDeps,
  call: ModelCall,
  { priority = 'background', tier: asked = 'standard', signal, leave, format }: AskOptions & { format: SchemaFormat },
): Promise<Asked> {
  // A backfill has one lane, its agents may have models of several providers.
  const tier = deps.model.profile.provider === null || deps.model.profile.hasFlex ? asked : 'standard'
  const { request, parts } = call
  const { prices } = deps.model
  signal?.throwIfAborted()
  const body = requestText(deps.model, request, format, tier)
  const bytes = Buffer.byteLength(body)
  const size =
    parts === undefined ? undefined : { staticBytes: staticBytes(deps.model.profile, request, format), parts }
  // The standard price also of flex: what is asked as flex may be served, and billed, as standard.
  const attempt = { ...call, model: request.model, tier, atMostUsd: mostUsdOf(prices, bytes, request), size }
  const tokens = Math.ceil(bytes / bytesPerToken) + request.maxOutputTokens
  const wait = eitherOf(signal, leave)
  let turn: Turn | undefined
  let open: number | undefined
  const gate: Gate = {
    async enter() {
      turn = await takeTurn(deps, { model: request.model, tokens, priority, tier, signal: wait })
      open = await startAttempt(deps, attempt, priority)
    },
    async leave(verdict, headers, isLast) {
      const pause = await turn?.end(turnEnd(verdict, headers))
      // The answer that counts ends its attempt where it is kept.
      if (open !== undefined && !(isLast && 'completion' in verdict)) {
        await endAttempts(deps.db, [endedBy(verdict, open)])
        open = undefined
      }
      if (pause && 'error' in verdict) throw outOfCredit(pause, verdict.error.facts)
    },
  }
  try {
    const completion = await complete(deps, request, {
      gate,
      body,
      tier,
      ...(signal && { signal }),
      ...(wait && { wait }),
    })
    // An answer that names no tier is charged as standard, which is never too little.
    const { usage, requestId, isMetered, tier: served = 'standard' } = completion
    if (open === undefined) throw new Error('an answer has an attempt')
    return {
      completion,
      attempt: {
        id: open,
        usage,
        requestId,
        costUsd: isMetered ? costUsd(prices, usage, request.model, served) : null,
        ...(served !== tier && { tier: served }),
      },
    }
  } finally {
    await turn?.end()
  }
}

function eitherOf(signal: AbortSignal | undefined, leave: AbortSignal | undefined): AbortSignal | undefined {
  return signal && leave ? AbortSignal.any([signal, leave]) : (signal ?? leave)
}

/** How a try ends whose answer does not count: an error is not billed; of an answer that was lost nobody knows what it cost. */
function endedBy(verdict: Verdict, id: number): EndedAttempt {
  if ('error' in verdict) return { id, outcome: verdict.error.code, requestId: null, usage: noUsage, costUsd: 0 }
  const { outcome, requestId, usage, isMetered } = verdict.completion
  return { id, outcome, requestId, usage, costUsd: isMetered ? 0 : null }
}

/** Of English text; other scripts take more, and what a provider counts corrects it. */
const bytesPerToken = 4

/** The most that a request can cost; null for a model without a known price. */
export function mostUsd(model: Model, request: CompletionRequest): number | null {
  const way = wayTo(model, request.model)
  return mostUsdOf(way.prices, requestBytes(way, request, formatFor(way, request.model)), request)
}

/** A token is at least a byte, so no request has more tokens than its body has bytes. */
function mostUsdOf(prices: Model['prices'], bytes: number, request: CompletionRequest): number | null {
  return atMostUsd(prices, { inputTokens: bytes, outputTokens: request.maxOutputTokens }, request.model)
}
