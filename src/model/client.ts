import { setTimeout as sleep } from 'node:timers/promises'
import { APIError, OpenAI } from 'openai'
import { noLimits, openPacer, type Pacer, type PerMinute, type SpendingLimits } from '../limits/index.ts'
import type { Completion, CompletionRequest } from './completion.ts'
import { readFailure, type Verdict } from './failure.ts'
import { readResponse } from './outcome.ts'
import { providerOf } from './pace/provider-of.ts'
import type { ModelProfile } from './profile.ts'
import { wireRequest } from './wire.ts'

/** One try may take `deadlineMs`; between tries we wait from `backoffMs` on, doubling, but never above `longestWaitMs`. */
export type Pace = { deadlineMs: number; backoffMs: number; longestWaitMs: number }

export type Model = {
  profile: ModelProfile
  pace: Pace
  openai: OpenAI
  /** What the settings let us spend on it; API keys have limits of their own beside. */
  limits: SpendingLimits
  /** This process's share in how fast its provider is asked. */
  pacer: Pacer
}

/** Stands before and after each try. */
export type Gate = {
  /** Waits until a try may be made, and notes it. */
  enter(): Promise<void>
  /** Is told what came of it, and whether that `isLast`. */
  leave(verdict: Verdict, headers: Headers | undefined, isLast: boolean): Promise<void>
}

const usualPace: Pace = { deadlineMs: 90_000, backoffMs: 500, longestWaitMs: 60_000 }
const maxTries = 4

/** A way to the models of one endpoint, each asked at most `perMinute`. Opens no connection until asked; any number may be asked at once. */
export function openModel(
  profile: ModelProfile,
  pace: Partial<Pace> = {},
  limits = noLimits,
  perMinute?: PerMinute,
): Model {
  const openai = new OpenAI({
    baseURL: profile.baseUrl,
    apiKey: profile.apiKey,
    // What is not given here, the SDK would take from the environment.
    organization: null,
    project: null,
    logLevel: 'off',
    maxRetries: 0,
  })
  return { profile, pace: { ...usualPace, ...pace }, openai, limits, pacer: openPacer(providerOf(profile), perMinute) }
}

/**
 * Asks a model once: up to four tries where the network, the server or its rate stood in the way, none that could change
 * an answer. Whatever is said of this conversation is a completion. Throws `model.rate_limited` (retry, when the wait is
 * longer than we wait here or the tries are used up), `model.quota`, `model.unauthorized`, `model.forbidden`,
 * `model.unknown`, `model.rejected` (all stop), and the signal's reason. What the gate throws is thrown.
 */
export async function complete(
  deps: { model: Model },
  request: CompletionRequest,
  options: { signal?: AbortSignal; gate?: Gate } = {},
): Promise<Completion> {
  const { pace } = deps.model
  const { gate, ...abort } = options
  for (let tries = 1; ; tries++) {
    await gate?.enter()
    const { verdict, headers } = await tryOnce(deps.model, request, options.signal)
    const waitMs = verdict.retryAfterMs ?? pace.backoffMs * 2 ** (tries - 1) * (1 - Math.random() / 4)
    const isLast = !verdict.passing || tries >= maxTries || waitMs > pace.longestWaitMs
    await gate?.leave(verdict, headers, isLast)
    if (!isLast) {
      await sleep(waitMs, undefined, abort).catch(() => undefined)
      options.signal?.throwIfAborted()
    } else if ('error' in verdict) throw verdict.error
    else return verdict.completion
  }
}

async function tryOnce(
  model: Model,
  request: CompletionRequest,
  signal: AbortSignal | undefined,
): Promise<{ verdict: Verdict; headers: Headers | undefined }> {
  signal?.throwIfAborted()
  // The SDK's own timeout ends with the headers; this one covers the body too.
  const deadline = AbortSignal.timeout(model.pace.deadlineMs)
  try {
    const { data, request_id, response } = await model.openai.chat.completions
      .create(wireRequest(model.profile, request), { signal: signal ? AbortSignal.any([signal, deadline]) : deadline })
      .withResponse()
    const completion = readResponse(data, request_id, request.model)
    const passing = completion.outcome === 'transport'
    return { verdict: { completion, passing, retryAfterMs: undefined }, headers: response.headers }
  } catch (error) {
    signal?.throwIfAborted()
    const verdict = readFailure(deadline.aborted ? deadline.reason : error, request.model, Date.now())
    return { verdict, headers: error instanceof APIError ? error.headers : undefined }
  }
}
