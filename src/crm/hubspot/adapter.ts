import type { Db } from '../../db/index.ts'
import type { Log } from '../../log.ts'
import type { Crm, HistoryEntry, Reading, Wire } from '../contract.ts'
import { remembered } from '../remembered.ts'
import { createActivities } from './activities/activities.ts'
import { toHistoryEntry } from './authors.ts'
import { type ClientOptions, createClient } from './client.ts'
import { createField } from './create-field.ts'
import { createRecords } from './create-records.ts'
import { untilMidnightMs } from './day.ts'
import { HubspotError, toAppError } from './errors.ts'
import { findRecords } from './find-records.ts'
import { inspectAccount } from './inspect.ts'
import { decode, encode, same, toField } from './mapper.ts'
import { scanPage, searchRecords } from './scan.ts'
import type { WireRecord } from './wire.ts'
import { MOST_ROWS, writeRows } from './write-rows.ts'

/** 18 calls a second of 0.3 s keep six under way (crm.md 10.1); the batches between two calls are in our own hands. */
const BATCHES_AT_ONCE = 16

export type HubspotOptions = ClientOptions & {
  /** Who we are in property histories, where the token does not tell. */
  ownAppId?: string | null
  /** The account's IANA zone; `account()` learns it where it is not given. Dates are its days. */
  timeZone?: string
}

/** The contract on one HubSpot account. Nothing is asked before the first call. */
export function createHubspot(
  deps: { db: Db; log: Log; fetch?: typeof fetch; now?: () => Date },
  options: HubspotOptions,
): Crm {
  const { connection } = options
  const { now = () => new Date() } = deps
  let timeZone = options.timeZone ?? 'UTC'
  const client = createClient(deps, { ...options, timeZone: () => timeZone })

  const explain = (error: HubspotError) => toAppError(error, connection, untilMidnightMs(timeZone, now()))

  async function asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw error instanceof HubspotError ? explain(error) : error
    }
  }

  const schema = remembered(async (object) => (await client.properties(object)).map(toField))
  const ownAppId = remembered(async () => {
    if (options.ownAppId) return options.ownAppId
    const info = await client.tokenInfo()
    return info && String(info.appId)
  })

  return {
    kind: 'hubspot',
    connection,
    batchSize: MOST_ROWS,
    batchesAtOnce: BATCHES_AT_ONCE,
    emailFields: ['email', 'hs_additional_emails'],

    account: () =>
      asked(async () => {
        const account = await client.account()
        timeZone = options.timeZone ?? account.timeZone
        return { accountId: String(account.portalId), timeZone, ownAppId: await ownAppId.get(connection) }
      }),

    describe: (object) => asked(() => schema.renew(object)),

    createField: (draft) => asked(() => createField(client, draft)),

    inspect: (needs) => asked(() => inspectAccount(client, needs)),

    read: (object, ids, fields, counts) =>
      asked(async () => {
        const found = await findRecords(client, object, ids, { fields, historyOf: [] }, counts)
        return new Map([...found].map(([askedId, record]) => [askedId, toReading(askedId, record, fields)]))
      }),

    history: (object, ids, fields, counts) =>
      asked(async () => {
        if (fields.length === 0) return new Map()
        const us = await ownAppId.get(connection)
        const found = await findRecords(client, object, ids, { fields: [], historyOf: fields }, counts)
        return new Map([...found].map(([askedId, record]) => [askedId, toHistory(record, us)]))
      }),

    readWithHistory: (object, ids, fields, historyOf, counts) =>
      asked(async () => {
        const us = await ownAppId.get(connection)
        const found = await findRecords(client, object, ids, { fields, historyOf }, counts)
        return {
          readings: new Map([...found].map(([askedId, record]) => [askedId, toReading(askedId, record, fields)])),
          histories: new Map([...found].map(([askedId, record]) => [askedId, toHistory(record, us)])),
        }
      }),

    write: (object, rows, counts) =>
      asked(() => writeRows({ client, fieldsOf: schema.get, explain }, object, rows, counts)),

    create: (object, keyField, rows, counts) =>
      asked(() => createRecords({ client, explain }, { object, keyField, rows, counts })),

    scan: (object, fields, after) => asked(() => scanPage(client, object, fields, after)),

    search: (object, key, fields) => asked(() => searchRecords(client, object, key, fields)),

    activities: createActivities({ client, schema, explain }),

    encode: (field, value) => encode(field, value, timeZone),
    decode,
    same,
  }
}

function toReading(askedId: string, record: WireRecord, fields: string[]): Reading {
  const values: Record<string, Wire> = {}
  for (const field of fields) values[field] = record.properties[field] ?? null
  return { askedId, externalId: record.id, values, changedAt: record.updatedAt, changedByUs: null, parentId: null }
}

function toHistory(record: WireRecord, ownAppId: string | null): Record<string, HistoryEntry[]> {
  const history: Record<string, HistoryEntry[]> = {}
  for (const [field, entries] of Object.entries(record.propertiesWithHistory ?? {})) {
    const newestFirst = entries.map((entry) => toHistoryEntry(entry, ownAppId)).sort((a, b) => +b.at - +a.at)
    if (newestFirst.length > 0) history[field] = newestFirst
  }
  return history
}
