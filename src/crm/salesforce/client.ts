import type { Connection } from 'jsforce'
import type { z } from 'zod'
import type { Db } from '../../db/index.ts'
import type { Log } from '../../log.ts'
import type { CallCounts } from '../contract.ts'
import { backoffMs, logRetries, retryPolicy } from '../retry.ts'
import { type FailureKind, lostAnswer, SalesforceError } from './errors.ts'
import { createSessions, type Login } from './session.ts'
import { createSend } from './transport.ts'
import { openTurns, type TurnOptions } from './turns.ts'
import {
  describeSchema,
  foundSchema,
  limitsSchema,
  pageSchema,
  retrievedSchema,
  savedSchema,
  type WireRow,
} from './wire.ts'

export type ClientOptions = TurnOptions & {
  login: Login
  /** For one request, body included. An org's own automation may take long over 200 rows. */
  deadlineMs?: number
  /** The first pause before a call is sent again that was not carried out. */
  busyDelayMs?: number
}

export type SalesforceClient = ReturnType<typeof createClient>

type Count = { count?: (() => void) | undefined }

/** A write is sent again only where it was not carried out, a read also where nobody knows. */
const NOT_DONE: readonly FailureKind[] = ['busy', 'unopened']
const PASSING = { read: [...NOT_DONE, 'lost'], write: NOT_DONE } as const

/** The calls we make, through jsforce, each parsed and sent again where that is safe. All throw `SalesforceError`. */
export function createClient(
  deps: { db?: Db; log: Log; fetch?: typeof fetch; now?: () => Date },
  options: ClientOptions,
) {
  const { connection, login, deadlineMs = 60_000, busyDelayMs = 2000 } = options
  const turns = openTurns(deps, options)
  const send = createSend({ deadlineMs, fetch: deps.fetch ?? fetch, heed: turns.heed })
  const sessions = createSessions(send, login)

  const sentAgain = logRetries(deps.log, { connection, vendor: 'Salesforce' })
  const policyFor = (kinds: readonly FailureKind[]) =>
    retryPolicy((error, attempt) => {
      if (!(error instanceof SalesforceError) || !kinds.includes(error.kind)) return null
      return backoffMs(error.kind === 'busy' ? busyDelayMs : 250, attempt)
    }, sentAgain)
  const policies = { read: policyFor(PASSING.read), write: policyFor(PASSING.write) }

  async function call<T>(
    schema: z.ZodType<T>,
    work: (connection: Connection) => Promise<unknown>,
    { kind = 'read', count }: { kind?: 'read' | 'write' } & Count = {},
  ): Promise<T> {
    return await policies[kind].execute(() =>
      sessions.withSession(async (session) => {
        await turns.take()
        count?.()
        try {
          return schema.parse(await work(session.connection))
        } catch (error) {
          const failure = lostAnswer(error, deadlineMs)
          await turns.heedRefusal(failure)
          throw failure
        }
      }),
    )
  }

  async function page(soql: string, { isAll = false, count }: { isAll?: boolean } & Count = {}) {
    const path = isAll ? '/queryAll' : '/query'
    return await call(pageSchema, (org) => org.request(`${path}?q=${encodeURIComponent(soql)}`), { count })
  }

  return {
    /** Who we are, and where. */
    session: () => policies.read.execute(() => sessions.withSession(async (session) => session)),

    describe: (object: string) => call(describeSchema, (org) => org.describe(object)),

    /** The org's calls of the last 24 hours. */
    limits: () => call(limitsSchema, (org) => org.request('/limits')),

    /** The rows of these ids in the order of the ids, null where there is none: at most 2,000. */
    retrieve: (object: string, ids: string[], fields: string[], count: () => void) =>
      call(retrievedSchema, (org) => org.retrieve(object, ids, { fields }), { count }),

    /** At most 200 rows; one answer per row, in their order. Not sent again after a lost answer: that is for who can read what became of it. */
    update(object: string, rows: ({ Id: string } & Record<string, unknown>)[], counts?: CallCounts) {
      const count = () => counts && counts.write++
      return call(savedSchema, (org) => org.update(object, rows, { allOrNone: false }), { kind: 'write', count })
    },

    async search(sosl: string): Promise<WireRow[]> {
      const path = `/search?q=${encodeURIComponent(sosl)}`
      return (await call(foundSchema, (org) => org.request(path))).searchRecords
    },

    /** At most 200 rows, created or changed by an external id; answers and repetition as with `update`. */
    upsert(object: string, keyField: string, rows: Record<string, unknown>[], counts?: CallCounts) {
      const count = () => counts && counts.write++
      const send = (org: Connection) => org.sobject(object).upsert(rows, keyField, { allOrNone: false })
      return call(savedSchema, send, { kind: 'write', count })
    },

    /** At most 200 rows. Who sends them again after a lost answer has them twice. */
    create(object: string, rows: Record<string, unknown>[], counts?: CallCounts) {
      const count = () => counts && counts.write++
      return call(savedSchema, (org) => org.create(object, rows, { allOrNone: false }), { kind: 'write', count })
    },

    /** At most 200 ids, into the recycle bin. */
    destroy(object: string, ids: string[], counts?: CallCounts) {
      const count = () => counts && counts.write++
      return call(savedSchema, (org) => org.destroy(object, ids, { allOrNone: false }), { kind: 'write', count })
    },

    /** Every row, page after page (wide rows come in pages of less than 2,000); with `isAll` deleted ones too. */
    async queryAll(soql: string, { isAll = false, count }: { isAll?: boolean } & Count = {}): Promise<WireRow[]> {
      const first = await page(soql, { isAll, count })
      const rows = [...first.records]
      for (let { nextRecordsUrl: next } = first; next; ) {
        const url = next
        const more = await call(pageSchema, (org) => org.request(url), { count })
        rows.push(...more.records)
        next = more.nextRecordsUrl
      }
      return rows
    },
  }
}
