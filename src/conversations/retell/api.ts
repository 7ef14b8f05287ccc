import { APIError, Retell } from 'retell-sdk'
import type { RetellAccount } from '../../config.ts'
import type { ConversationKind, Db } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { pauseBucket, waitTurn } from '../../limits/index.ts'
import type { Log } from '../../log.ts'

/** An object of the vendor's API; what we read of it is checked where it is read. */
export type RetellObject = Record<string, unknown>

export type Page = { items: RetellObject[]; next: string | null }

/** What we ask of an account of the source product, by its own SDK. What is not there (any more) is undefined. */
export type RetellApi = {
  /** Conversations that began at this time or later, the oldest first, without their transcripts. */
  list(kind: ConversationKind, from: Date | null, pageKey: string | null): Promise<Page>
  conversation(kind: ConversationKind, id: string): Promise<RetellObject | undefined>
  /** A version of an agent; without a number, the newest. */
  agent(kind: ConversationKind, id: string, version: number | null): Promise<RetellObject | undefined>
  /** What an agent thinks with. */
  llm(id: string, version: number | null): Promise<RetellObject | undefined>
  flow(id: string, version: number | null): Promise<RetellObject | undefined>
}

const pageSize = 100
const mostAttempts = 6
const timeoutMs = 60_000
/** Whoever is told to wait longer comes back later. */
const longestWaitMs = 5 * 60_000
/** Not there, or not under this key (reference/retell.md 2). */
const absent = new Set([404, 422])

/**
 * Opens an account. All processes together ask no faster than the account's rate; a 429 stops all of them for as long as it
 * says. Failures that pass are asked again, up to six times. Methods throw `retell.unauthorized` (stop), `retell.throttled`,
 * `retell.unreachable` (retry) and `retell.refused` (skip).
 */
export function openRetell(
  deps: { db: Db; log: Log; signal?: AbortSignal },
  { name, apiKey, url, requestsPerSecond }: RetellAccount,
): RetellApi {
  if (apiKey === null)
    throw new AppError('retell.no_key', 'stop', `AFTERWORD_RETELL_${name.toUpperCase()}_API_KEY is missing`, {
      status: 409,
    })
  // Its own retries would know nothing of the rate that is shared.
  const client = new Retell({ apiKey, baseURL: url, maxRetries: 0, timeout: timeoutMs })
  const bucket = `retell:${name}`
  const rate = { perSecond: requestsPerSecond, burst: 1 }
  const signal = deps.signal ? { signal: deps.signal } : {}

  let stoppedUntil = 0

  async function ask<T>(call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        // Turns that were given before a pause began are none any more.
        do await waitTurn(deps, bucket, rate, signal)
        while (performance.now() < stoppedUntil)
        return await call()
      } catch (error) {
        deps.signal?.throwIfAborted()
        const failure = failureOf(name, error, attempt)
        const waitMs = failure.retryAfterMs ?? 0
        if (failure.recovery !== 'retry' || attempt === mostAttempts || waitMs > longestWaitMs) throw failure
        deps.log.warn({ account: name, attempt, waitMs, code: failure.code }, 'a call of the Retell API is made again')
        stoppedUntil = Math.max(stoppedUntil, performance.now() + waitMs)
        await pauseBucket(deps, bucket, waitMs)
      }
    }
  }
  const find = async (call: () => Promise<unknown>): Promise<RetellObject | undefined> =>
    ask(async () => {
      try {
        return objectIn(await call())
      } catch (error) {
        if (error instanceof APIError && absent.has(error.status ?? 0)) return undefined
        throw error
      }
    })
  const versioned = (version: number | null) => (version === null ? {} : { version })

  return {
    list: (kind, from, pageKey) =>
      ask(async () => {
        const start = from && { type: 'number' as const, op: 'ge' as const, value: from.getTime() }
        const asked = {
          sort_order: 'ascending' as const,
          limit: pageSize,
          ...(start && { filter_criteria: { start_timestamp: start } }),
          ...(pageKey !== null && { pagination_key: pageKey }),
        }
        const page = kind === 'call' ? await client.call.list(asked, signal) : await client.chat.list(asked, signal)
        const items: unknown[] = page.items ?? []
        const next = page.has_more ? (page.pagination_key ?? null) : null
        return { items: items.map(objectIn).filter((item) => item !== undefined), next }
      }),
    conversation: (kind, id) =>
      find(() => (kind === 'call' ? client.call.retrieve(id, signal) : client.chat.retrieve(id, signal))),
    agent: (kind, id, version) =>
      find(() => client[kind === 'call' ? 'agent' : 'chatAgent'].retrieve(id, versioned(version), signal)),
    llm: (id, version) => find(() => client.llm.retrieve(id, versioned(version), signal)),
    flow: (id, version) => find(() => client.conversationFlow.retrieve(id, versioned(version), signal)),
  }
}

function failureOf(account: string, error: unknown, attempt: number): AppError {
  const status = error instanceof APIError ? error.status : undefined
  const backoffMs = 500 * 2 ** (attempt - 1) * (0.75 + Math.random() / 4)
  const detail = { cause: error, retryAfterMs: retryAfterMs(error) ?? backoffMs }
  const who = `the Retell account ${account}`
  if (status === 429) return new AppError('retell.throttled', 'retry', `${who} is throttled`, detail)
  if (status === undefined || status === 408 || status === 409 || status >= 500) {
    if (!(error instanceof APIError)) throw error
    const what = status === undefined ? 'cannot be reached' : `answered ${status}`
    return new AppError('retell.unreachable', 'retry', `${who} ${what}`, detail)
  }
  if (status === 401 || status === 403)
    return new AppError('retell.unauthorized', 'stop', `${who} refuses its API key (${status})`, { cause: error })
  return new AppError('retell.refused', 'skip', `${who} refused a request (${status})`, { cause: error })
}

/** In seconds, or as a date. */
function retryAfterMs(error: unknown): number | undefined {
  const given = error instanceof APIError ? error.headers?.get('retry-after') : undefined
  if (!given) return undefined
  const seconds = Number(given)
  const ms = Number.isNaN(seconds) ? Date.parse(given) - Date.now() : seconds * 1_000
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

function objectIn(value: unknown): RetellObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined
}
