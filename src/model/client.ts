import { setTimeout as sleep } from 'node:timers/promises'
import { APIError, OpenAI } from 'openai'
import type { SchemaFormat } from '../config.ts'
import { noLimits, openPacer, type Pacer, type PerMinute, type SpendingLimits } from '../limits/index.ts'
import type { Log } from '../log.ts'
import type { Completion, CompletionRequest, Tier } from './completion.ts'
import { endpoints } from './endpoints.ts'
import { readFailure, type Verdict } from './failure.ts'
import { formatFor } from './format.ts'
import { providerOf } from './pace/provider-of.ts'
import { patientFetch } from './patient-fetch.ts'
import type { PriceTable } from './prices.ts'
import type { ModelProfile } from './profile.ts'
import { shippedPrices } from './read-prices.ts'
import { requestText } from './request-text.ts'

/** One try may take `deadlineMs`, of flex `flexDeadlineMs`; between tries we wait from `backoffMs` on, doubling, but never above `longestWaitMs`. */
export type Pace = {
  deadlineMs: number
  flexDeadlineMs: number
  backoffMs: number
  flexBackoffMs: number
  longestWaitMs: number
}

export type Model = {
  profile: ModelProfile
  /** The ways to further providers, which have none of their own. @see wayTo */
  others: readonly Model[]
  pace: Pace
  openai: OpenAI
  /**
   * The same for flex: calls that take as long as they may, and beside the others: what is long under way there takes no room from
   * them. Rates and pauses are the provider's and so are shared, as among processes.
   */
  flex: { openai: OpenAI; pacer: Pacer }
  /** What the settings let us spend on it; API keys have limits of their own beside. */
  limits: SpendingLimits
  /** In which format the schema is told to models that refused the profile's, by their names: as long as the process lives. */
  formats: Map<string, SchemaFormat>
  /** Told once when a format is given up. */
  log: Log | null
  /** What models cost, and what else is known of them. */
  prices: PriceTable
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

/** Flex may take 15 minutes. @see reference/llm.md 1.7 */
const usualPace: Pace = {
  deadlineMs: 90_000,
  flexDeadlineMs: 900_000,
  backoffMs: 500,
  flexBackoffMs: 5_000,
  longestWaitMs: 60_000,
}
const maxTries = 4

/** What goes with a way to models; whatever is left out stands in nobody's way. `perMinute`: how often each of them may be asked. */
type Around = Partial<Pick<Model, 'limits' | 'prices' | 'log' | 'others'>> & { perMinute?: PerMinute }

/** A way to the models of one endpoint. Opens no connection until asked; any number may be asked at once. */
export function openModel(
  profile: ModelProfile,
  pace: Partial<Pace> = {},
  { limits = noLimits, prices = shippedPrices, log = null, others = [], perMinute }: Around = {},
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
  const provider = providerOf(profile)
  const whole = { ...usualPace, ...pace }
  const pacer = openPacer(provider, perMinute)
  const flex = {
    // Its own timeout, of 10 minutes unless told, comes behind ours.
    openai: openai.withOptions({ fetch: patientFetch, timeout: whole.flexDeadlineMs + 60_000 }),
    pacer: openPacer(provider, perMinute),
  }
  return { profile, others, pace: whole, openai, flex, limits, prices, formats: new Map(), log, pacer }
}

/**
 * Asks a model once: up to four tries where the network, the server or its rate stood in the way, none that could change
 * an answer; one where flex has no room (`model.unavailable`, retry). Whatever is said of this conversation is a completion. Throws `model.rate_limited` (retry, when the wait is
 * longer than we wait here or the tries are used up), `model.quota`, `model.unauthorized`, `model.forbidden`,
 * `model.unknown`, `model.no_flex`, `model.format_refused`, `model.rejected` (all stop), and the signals' reasons: `signal` breaks off a try, `wait` (else
 * `signal`, too) the wait between two. What the gate throws is thrown. `body` is what is sent: the request in the model's format, unless told.
 */
export async function complete(
  deps: { model: Model },
  request: CompletionRequest,
  options: { signal?: AbortSignal; wait?: AbortSignal; gate?: Gate; body?: string; tier?: Tier } = {},
): Promise<Completion> {
  const { pace } = deps.model
  const { signal, wait = signal, gate, tier = 'standard' } = options
  const { body = requestText(deps.model, request, formatFor(deps.model, request.model), tier) } = options
  for (let tries = 1; ; tries++) {
    await gate?.enter()
    const { verdict, headers } = await tryOnce(deps.model, { body, asked: request.model, tier }, signal)
    const waitMs = verdict.retryAfterMs ?? pace.backoffMs * 2 ** (tries - 1) * (1 - Math.random() / 4)
    const isLast = !verdict.passing || tries >= maxTries || waitMs > pace.longestWaitMs
    await gate?.leave(verdict, headers, isLast)
    if (!isLast) {
      await sleep(waitMs, undefined, wait && { signal: wait }).catch(() => undefined)
      wait?.throwIfAborted()
    } else if ('error' in verdict) throw verdict.error
    else return verdict.completion
  }
}

/** Without it the SDK takes a text for a value, and makes JSON of it. */
const ofJson = { 'content-type': 'application/json' }

async function tryOnce(
  model: Model,
  { body, asked, tier }: { body: string; asked: string; tier: Tier },
  signal: AbortSignal | undefined,
): Promise<{ verdict: Verdict; headers: Headers | undefined }> {
  signal?.throwIfAborted()
  // The SDK's own timeout ends with the headers; this one covers the body too.
  const { pace, openai, flex } = model
  const deadline = AbortSignal.timeout(tier === 'flex' ? pace.flexDeadlineMs : pace.deadlineMs)
  try {
    const { path, read } = endpoints[model.profile.endpoint]
    const { data, request_id, response } = await (tier === 'flex' ? flex.openai : openai)
      .post(path, { body, headers: ofJson, signal: signal ? AbortSignal.any([signal, deadline]) : deadline })
      .withResponse()
    const completion = read(data, request_id, asked)
    const passing = completion.outcome === 'transport'
    return { verdict: { completion, passing, retryAfterMs: undefined }, headers: response.headers }
  } catch (error) {
    signal?.throwIfAborted()
    const verdict = readFailure(deadline.aborted ? deadline.reason : error, asked, Date.now(), tier)
    return { verdict, headers: error instanceof APIError ? error.headers : undefined }
  }
}
