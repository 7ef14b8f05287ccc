import { setTimeout as sleep } from 'node:timers/promises'
import { OpenAI } from 'openai'
import type { SchemaFormat } from '../config.ts'
import { noLimits, type SpendingLimits } from '../limits/index.ts'
import type { Log } from '../log.ts'
import type { Completion, CompletionRequest } from './completion.ts'
import { endpoints } from './endpoints.ts'
import { readFailure, type Verdict } from './failure.ts'
import { formatFor } from './format.ts'
import type { PriceTable } from './prices.ts'
import type { ModelProfile } from './profile.ts'
import { shippedPrices } from './read-prices.ts'

/** One try may take `deadlineMs`; between tries we wait from `backoffMs` on, doubling, but never above `longestWaitMs`. */
export type Pace = { deadlineMs: number; backoffMs: number; longestWaitMs: number }

export type Model = {
  profile: ModelProfile
  pace: Pace
  openai: OpenAI
  /** What the settings let us spend on it; API keys have limits of their own beside. */
  limits: SpendingLimits
  /** In which format the schema is told to models that refused the profile's, by their names: as long as the process lives. */
  formats: Map<string, SchemaFormat>
  /** Told once when a format is given up. */
  log: Log | null
  /** What models cost, and what else is known of them. */
  prices: PriceTable
}

const usualPace: Pace = { deadlineMs: 90_000, backoffMs: 500, longestWaitMs: 60_000 }
const maxTries = 4

/** A way to the models of one endpoint. Opens no connection until asked; any number may be asked at once. */
export function openModel(
  profile: ModelProfile,
  pace: Partial<Pace> = {},
  { limits = noLimits, prices = shippedPrices, log = null }: Partial<Pick<Model, 'limits' | 'prices' | 'log'>> = {},
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
  return { profile, pace: { ...usualPace, ...pace }, openai, limits, prices, formats: new Map(), log }
}

/**
 * Asks a model once: up to four tries where the network, the server or its rate stood in the way, none that could change
 * an answer. Whatever is said of this conversation is a completion. Throws `model.rate_limited` (retry, when the wait is
 * longer than we wait here or the tries are used up), `model.quota`, `model.unauthorized`, `model.forbidden`,
 * `model.unknown`, `model.format_refused`, `model.rejected` (all stop), and the signal's reason. A try that timed out or broke off may have been billed:
 * `renew` is awaited before the next, and what it throws is thrown.
 */
export async function complete(
  deps: { model: Model },
  request: CompletionRequest,
  options: { signal?: AbortSignal; renew?: () => Promise<void>; format?: SchemaFormat } = {},
): Promise<Completion> {
  const { pace } = deps.model
  const format = options.format ?? formatFor(deps.model, request.model)
  for (let tries = 1; ; tries++) {
    const verdict = await tryOnce(deps.model, request, format, options.signal)
    const waitMs = verdict.retryAfterMs ?? pace.backoffMs * 2 ** (tries - 1) * (1 - Math.random() / 4)
    if (verdict.passing && tries < maxTries && waitMs <= pace.longestWaitMs) {
      await sleep(waitMs, undefined, options).catch(() => undefined)
      options.signal?.throwIfAborted()
      if ('completion' in verdict && !verdict.completion.isMetered) await options.renew?.()
    } else if ('error' in verdict) throw verdict.error
    else return verdict.completion
  }
}

async function tryOnce(
  model: Model,
  request: CompletionRequest,
  format: SchemaFormat,
  signal: AbortSignal | undefined,
): Promise<Verdict> {
  signal?.throwIfAborted()
  // The SDK's own timeout ends with the headers; this one covers the body too.
  const deadline = AbortSignal.timeout(model.pace.deadlineMs)
  try {
    const endpoint = endpoints[model.profile.endpoint]
    const body = endpoint.write(model, request, format)
    const { data, request_id } = await model.openai
      .post(endpoint.path, { body, signal: signal ? AbortSignal.any([signal, deadline]) : deadline })
      .withResponse()
    const completion = endpoint.read(data, request_id, request.model)
    return { completion, passing: completion.outcome === 'transport', retryAfterMs: undefined }
  } catch (error) {
    signal?.throwIfAborted()
    return readFailure(deadline.aborted ? deadline.reason : error, request.model, Date.now())
  }
}
