import {
  BasicApi,
  BatchApi,
  createConfiguration,
  RequestContext,
  ResponseContext,
  wrapHttpLibrary,
} from '@hubspot/api-client/lib/codegen/crm/objects/index.js'
import type { z } from 'zod'
import type { Db } from '../../db/index.ts'
import { pauseBucket, type Rate, waitTurn } from '../../limits/index.ts'
import type { Log } from '../../log.ts'
import type { CallCounts } from '../contract.ts'
import { HubspotError, lostAnswer } from './errors.ts'
import { burstPauseMs, retryPolicy } from './retry.ts'
import { createTransport } from './transport.ts'
import {
  accountSchema,
  batchSchema,
  pageSchema,
  parseJson,
  propertiesSchema,
  tokenSchema,
  type WireBatch,
  type WireProperty,
} from './wire.ts'

export type ClientOptions = {
  /** Names the rate bucket that all processes share. */
  connection: string
  token: string
  baseUrl: string
  /** What the account's plan allows this app; a lower limit that HubSpot tells in its headers wins. */
  rate: { perTenSeconds: number }
  /** For one request, body included. */
  deadlineMs?: number
}

/** One input of a batch update. Its id is its trace id too: with one of its own on each, one bad row fails alone. */
export type UpdateInput = { id: string; properties: Record<string, string> }

export type HubspotClient = ReturnType<typeof createClient>

/**
 * The calls we make, each parsed, paced by the shared bucket and sent again where that is safe. All throw `HubspotError`.
 * The SDK's generated APIs without its `Client`, whose retry and limiter are the last-built client's for the whole process.
 */
export function createClient(deps: { db: Db; log: Log; fetch?: typeof fetch }, options: ClientOptions) {
  const { connection, token, deadlineMs = 30_000 } = options
  const bucket = `hubspot:${connection}`
  let perTenSeconds = options.rate.perTenSeconds
  let isUsedUp = false
  const transport = createTransport({ token, deadlineMs, fetch: deps.fetch ?? fetch, heed })

  /** Every path passes here: a move to dated ones (`/crm/objects/2026-03/…`) is made in this line. */
  const urlOf = (path: string) => `${options.baseUrl.replace(/\/+$/, '')}${path}`

  const sdk = createConfiguration({
    baseServer: { makeRequestContext: (path, method) => new RequestContext(urlOf(path), method) },
    httpApi: wrapHttpLibrary({ send: sendForSdk }),
  })
  const batchApi = new BatchApi(sdk)
  const basicApi = new BasicApi(sdk)

  async function sendForSdk(request: RequestContext): Promise<ResponseContext> {
    const body = request.getBody()
    const { status, text } = await transport({
      method: request.getHttpMethod(),
      url: request.getUrl(),
      headers: request.getHeaders(),
      body: typeof body === 'string' ? body : undefined,
    })
    // The SDK throws a plain Error where HubSpot leaves the content type out.
    const headers = { 'content-type': 'application/json' }
    return new ResponseContext(status, headers, { text: async () => text, binary: async () => Buffer.from(text) })
  }

  /** The limit is the app's, so other users of the same token count too. */
  function heed(headers: Headers): void {
    const max = Number(headers.get('x-hubspot-ratelimit-max'))
    if (max > 0) perTenSeconds = Math.min(options.rate.perTenSeconds, max)
    isUsedUp = headers.get('x-hubspot-ratelimit-remaining') === '0'
  }

  const policies = { read: retryPolicy('read'), write: retryPolicy('write') }
  for (const policy of Object.values(policies)) {
    policy.onRetry((retry) => {
      const reason = 'error' in retry && retry.error instanceof Error ? retry.error.message : ''
      deps.log.warn({ connection, attempt: retry.attempt, delayMs: Math.round(retry.delay), reason }, 'hubspot: again')
    })
  }

  async function call<T>(
    schema: z.ZodType<T>,
    send: () => Promise<unknown>,
    { policy = 'read', count = () => {} }: { policy?: 'read' | 'write'; count?: () => void } = {},
  ): Promise<T> {
    return await policies[policy].execute(async ({ attempt }) => {
      if (isUsedUp) await pauseBucket(deps, bucket, 1000)
      isUsedUp = false
      await waitTurn(deps, bucket, rateOf(perTenSeconds))
      count()
      try {
        return schema.parse(await send())
      } catch (error) {
        const failure = lostAnswer(error, deadlineMs)
        if (failure.kind === 'burst') await pauseBucket(deps, bucket, burstPauseMs(failure, attempt))
        throw failure
      }
    })
  }

  const json = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await transport({ method, url: urlOf(path), headers, body: JSON.stringify(body) })
    return parseJson(answer.text)
  }

  return {
    /** At most 100 ids, 50 with history. Answers come shuffled, and under the id a record has now. */
    readBatch(
      object: string,
      ask: { ids: string[]; fields: string[]; historyOf: string[] },
      counts?: CallCounts,
    ): Promise<WireBatch> {
      const inputs = ask.ids.map((id) => ({ id }))
      const body = { inputs, properties: ask.fields, propertiesWithHistory: ask.historyOf }
      const kind = ask.historyOf.length > 0 ? 'history' : 'read'
      return call(batchSchema, () => batchApi.read(object, body), { count: () => counts && counts[kind]++ })
    },

    /** At most 100 rows, each id once. Not sent again after a lost answer: that is for who can read what became of it. */
    updateBatch(object: string, rows: UpdateInput[], counts?: CallCounts): Promise<WireBatch> {
      const inputs = rows.map((row) => ({ ...row, objectWriteTraceId: row.id }))
      const options = { policy: 'write', count: () => counts && counts.write++ } as const
      return call(batchSchema, () => batchApi.update(object, { inputs }), options)
    },

    listPage(object: string, fields: string[], after: string | null) {
      return call(pageSchema, () => basicApi.getPage(object, 100, after ?? undefined, fields))
    },

    // Two plain reads: their generated families would load another 300 modules for one path each.
    async properties(object: string): Promise<WireProperty[]> {
      const path = `/crm/v3/properties/${encodeURIComponent(object)}`
      return (await call(propertiesSchema, () => json('GET', path))).results
    },

    account: () => call(accountSchema, () => json('GET', '/account-info/v3/details')),

    /** Who we are in property histories; null where HubSpot does not tell this kind of token. */
    async appId(): Promise<string | null> {
      const path = '/oauth/v2/private-apps/get/access-token-info'
      try {
        return String((await call(tokenSchema, () => json('POST', path, { tokenKey: token }))).appId)
      } catch (error) {
        if (error instanceof HubspotError && ['refused', 'credentials'].includes(error.kind)) return null
        throw error
      }
    },
  }
}

/** 10·r + b ≤ B keeps every rolling 10 s within B, which measured without a single 429 (crm.md 10.1). */
function rateOf(perTenSeconds: number): Rate {
  const burst = Math.max(1, Math.min(10, Math.floor(perTenSeconds / 2)))
  return { burst, perSecond: Math.max(1, perTenSeconds - burst) / 10 }
}
