import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { complete, type Model } from './client.ts'
import { type Completion, type CompletionRequest, noUsage } from './completion.ts'
import { type EndedAttempt, endAttempts } from './end-attempts.ts'
import { atMostUsd, costUsd } from './prices.ts'
import { requestBytes } from './request-bytes.ts'
import { type NewAttempt, startAttempt } from './start-attempt.ts'

export type ModelCall = Pick<NewAttempt, 'purpose' | 'conversationId' | 'runId'> & { request: CompletionRequest }

/** An answer, and the attempt that it ends: hand it to `endAttempts` in the transaction that keeps the answer. */
export type Asked = { completion: Completion; attempt: Omit<EndedAttempt, 'outcome'> }

/**
 * The one way to ask a model. Reserves the most the call can cost and notes the attempt before anything is sent; an error of the
 * provider, for which nothing is billed, gives the reservation back. An abort leaves the attempt open, reserved: it may have been
 * billed. A try that may have been, and is made again, is an attempt of its own with a reservation of its own, so that tries never
 * cost more together than is reserved. Throws what `startAttempt` and `complete` throw, and the signal's reason.
 */
export async function askModel(
  deps: { db: Db; model: Model; now: () => Date },
  call: ModelCall,
  options: { signal?: AbortSignal } = {},
): Promise<Asked> {
  const { request } = call
  options.signal?.throwIfAborted()
  const start = () => startAttempt(deps, { ...call, model: request.model, atMostUsd: mostUsd(deps.model, request) })
  let open: number | null = await start()
  const renew = async () => {
    if (open !== null) await endAttempts(deps.db, [{ ...unknown, id: open }])
    open = null
    open = await start()
  }
  try {
    const completion = await complete(deps, request, { ...options, renew })
    const { usage, requestId, isMetered } = completion
    return {
      completion,
      attempt: { id: open, usage, requestId, costUsd: isMetered ? costUsd(usage, request.model) : null },
    }
  } catch (error) {
    if (error instanceof AppError && open !== null) {
      await endAttempts(deps.db, [{ id: open, outcome: error.code, requestId: null, usage: noUsage, costUsd: 0 }])
    }
    throw error
  }
}

/** How a try ends that was made again: nobody knows what it cost. */
const unknown = { outcome: 'transport', requestId: null, usage: noUsage, costUsd: null }

/** The most that a request can cost; null for a model without a known price. A token is at least a byte, so no request has more tokens than its body has bytes. */
export function mostUsd({ profile }: Model, request: CompletionRequest): number | null {
  const inputTokens = requestBytes(profile, request)
  return atMostUsd({ inputTokens, outputTokens: request.maxOutputTokens }, request.model)
}
