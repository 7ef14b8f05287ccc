import type { z } from 'zod'
import type { Db } from '../../db/index.ts'
import type { Log } from '../../log.ts'
import type { CallCounts } from '../contract.ts'
import { parseJson } from '../parse-json.ts'
import { logRetries } from '../retry.ts'
import type { TokenSource } from '../tokens/shared-tokens.ts'
import { activityCalls } from './activities/calls.ts'
import { creationCalls } from './creation-calls.ts'
import { HubspotError, lostAnswer } from './errors.ts'
import { createTokens, type OAuthApp } from './oauth.ts'
import { hubspotRetry } from './retry.ts'
import { createSdk, operators } from './sdk.ts'
import { createTransport } from './transport.ts'
import { type Bucket, openTurns, type TurnOptions } from './turns.ts'
import {
  accountSchema,
  batchSchema,
  pageSchema,
  propertiesSchema,
  tokenSchema,
  usageSchema,
  type WireBatch,
  type WireProperty,
} from './wire.ts'

export type ClientOptions = Omit<TurnOptions, 'timeZone'> & {
  /** Of a private app; or an app that the account has installed, with the secret that seals its tokens in the database. */
  token: string | { app: OAuthApp; secret: string }
  baseUrl: string
  /** For one request, body included. */
  deadlineMs?: number
}

export const MOST_HITS = 200

/** A property, how it is compared, and with what. */
export type SearchFilter = [property: string, operator: 'EQ' | 'GT' | 'GTE', value: string]

export type HubspotClient = ReturnType<typeof createClient>

/** The calls we make, each parsed, paced by the shared bucket and sent again where that is safe. All throw `HubspotError`. */
export function createClient(
  deps: { db: Db; log: Log; fetch?: typeof fetch; now?: () => Date },
  options: ClientOptions & Pick<TurnOptions, 'timeZone'>,
) {
  const { connection, token, deadlineMs = 30_000 } = options
  const turns = openTurns(deps, options)
  const installed =
    typeof token === 'string'
      ? null
      : createTokens(
          { db: deps.db, secret: token.secret, fetch: deps.fetch ?? fetch },
          { connection, baseUrl: options.baseUrl, app: token.app, deadlineMs },
        )
  const tokens = installed ?? fixedToken(String(token))
  const transport = createTransport({ tokens, deadlineMs, fetch: deps.fetch ?? fetch, heed: turns.heed })

  /** Every path passes here: a move to dated ones (`/crm/objects/2026-03/…`) is made in this line. */
  const urlOf = (path: string) => `${options.baseUrl.replace(/\/+$/, '')}${path}`

  const { batchApi, basicApi, searchApi } = createSdk(transport, urlOf)

  const sentAgain = logRetries(deps.log, { connection, vendor: 'HubSpot' })
  const policies = { read: hubspotRetry('read', sentAgain), write: hubspotRetry('write', sentAgain) }

  async function call<T>(
    schema: z.ZodType<T>,
    send: () => Promise<unknown>,
    {
      policy = 'read',
      bucket = 'burst',
      count = () => {},
    }: { policy?: 'read' | 'write'; bucket?: Bucket; count?: () => void } = {},
  ): Promise<T> {
    return await policies[policy].execute(async ({ attempt }) => {
      await turns.take(bucket)
      count()
      try {
        return schema.parse(await send())
      } catch (error) {
        const failure = lostAnswer(error, deadlineMs)
        await turns.heedRefusal(failure, bucket, attempt)
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
    updateBatch(
      object: string,
      rows: { id: string; properties: Record<string, string> }[],
      counts?: CallCounts,
    ): Promise<WireBatch> {
      // With a trace id of its own on every input, one bad row fails alone.
      const inputs = rows.map((row) => ({ ...row, objectWriteTraceId: row.id }))
      const options = { policy: 'write', count: () => counts && counts.write++ } as const
      return call(batchSchema, () => batchApi.update(object, { inputs }), options)
    },

    ...activityCalls({ call, json, batchApi }),
    ...creationCalls({ call, batchApi }),

    listPage(object: string, fields: string[], after: string | null) {
      return call(pageSchema, () => basicApi.getPage(object, 100, after ?? undefined, fields))
    },

    /**
     * The ids that the index finds, at most 200, ascending: values are read by id, because a search body is 3,000 characters at most
     * and what it finds may be some seconds old.
     */
    async searchIds(object: string, filterGroups: SearchFilter[][]): Promise<string[]> {
      const groups = filterGroups.map((filters) => ({
        filters: filters.map(([propertyName, operator, value]) => ({
          propertyName,
          operator: operators[operator],
          value,
        })),
      }))
      const order = { sorts: ['hs_object_id'], properties: ['hs_object_id'], limit: MOST_HITS }
      const search = () => searchApi.doSearch(object, { filterGroups: groups, ...order })
      return (await call(pageSchema, search, { bucket: 'search' })).results.map((record) => record.id)
    },

    // Two plain reads: their generated families would load another 300 modules for one path each.
    async properties(object: string): Promise<WireProperty[]> {
      const path = `/crm/v3/properties/${encodeURIComponent(object)}`
      return (await call(propertiesSchema, () => json('GET', path))).results
    },

    /** Any other call that may be sent again. */
    ask: <T>(schema: z.ZodType<T>, method: 'GET' | 'POST', path: string, body?: unknown) =>
      call(schema, () => json(method, path, body)),

    account: () => call(accountSchema, () => json('GET', '/account-info/v3/details')),

    /** Who we are in property histories, and what we may do there; null where HubSpot does not tell this kind of token. */
    async tokenInfo(): Promise<z.output<typeof tokenSchema> | null> {
      if (installed) return await policies.read.execute(() => installed.introspect())
      const path = '/oauth/v2/private-apps/get/access-token-info'
      try {
        return await call(tokenSchema, () => json('POST', path, { tokenKey: token }))
      } catch (error) {
        if (error instanceof HubspotError && ['refused', 'credentials'].includes(error.kind)) return null
        throw error
      }
    },

    /** The calls of all private apps of the account today. */
    usage: () => call(usageSchema, () => json('GET', '/account-info/v3/api-usage/daily/private-apps')),

    /** Calls in ten seconds: as the settings have it, and as HubSpot told it last. */
    burst: turns.burst,
  }
}

/** There is no other where it is refused. */
function fixedToken(token: string): TokenSource {
  return { current: async () => token, instead: async () => token }
}
