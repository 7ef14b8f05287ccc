import type { SchemaFormat } from '../config.ts'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { complete, type Model } from './client.ts'
import { type Completion, type CompletionRequest, noUsage } from './completion.ts'
import { type EndedAttempt, endAttempts } from './end-attempts.ts'
import { formatFor, giveUpFormat } from './format.ts'
import { atMostUsd, costUsd } from './prices.ts'
import { requestBytes } from './request-bytes.ts'
import { schemaText } from './schema-text.ts'
import { type NewAttempt, startAttempt } from './start-attempt.ts'

export type ModelCall = Pick<NewAttempt, 'purpose' | 'conversationId' | 'runId'> & {
  request: CompletionRequest
  /** How many fields are asked for, or how many texts there are to merge. Left out, estimates learn nothing from the call. */
  parts?: number
}

type AskDeps = { db: Db; model: Model; now: () => Date }
type AskOptions = { signal?: AbortSignal }

/** An answer, and the attempt that it ends: hand it to `endAttempts` in the transaction that keeps the answer. */
export type Asked = { completion: Completion; attempt: Omit<EndedAttempt, 'outcome'> }

/**
 * The one way to ask a model. Reserves the most the call can cost and notes the attempt before anything is sent; an error of the
 * provider, for which nothing is billed, gives the reservation back. An abort leaves the attempt open, reserved: it may have been
 * billed. A try that may have been, and is made again, is an attempt of its own with a reservation of its own, so that tries never
 * cost more together than is reserved. A provider that refuses the format of the schema is asked in the next one, until it takes one.
 * Throws what `startAttempt` and `complete` throw, and the signal's reason.
 */
export async function askModel(deps: AskDeps, call: ModelCall, options: AskOptions = {}): Promise<Asked> {
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
  options: AskOptions & { format: SchemaFormat },
): Promise<Asked> {
  const { request } = call
  options.signal?.throwIfAborted()
  const size = call.parts === undefined ? undefined : { staticBytes: staticBytes(request), parts: call.parts }
  const start = () =>
    startAttempt(deps, { ...call, model: request.model, atMostUsd: mostUsd(deps.model, request, options.format), size })
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
      attempt: {
        id: open,
        usage,
        requestId,
        costUsd: isMetered ? costUsd(deps.model.prices, usage, request.model) : null,
      },
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
export function mostUsd(
  model: Model,
  request: CompletionRequest,
  format = formatFor(model, request.model),
): number | null {
  const inputTokens = requestBytes(model, request, format)
  return atMostUsd(model.prices, { inputTokens, outputTokens: request.maxOutputTokens }, request.model)
}

/** How many bytes of a request are the same for every conversation of its config, as estimates count them. Pure. */
export function staticBytes({ instructions, schema }: Pick<CompletionRequest, 'instructions' | 'schema'>): number {
  return Buffer.byteLength(instructions) + Buffer.byteLength(schemaText(schema.body))
}
