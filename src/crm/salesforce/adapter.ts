import type { Db } from '../../db/index.ts'
import type { Log } from '../../log.ts'
import type { Crm, CrmField, Reading, ScannedRecord, Wire } from '../contract.ts'
import { remembered } from '../remembered.ts'
import { createActivities } from './activities/activities.ts'
import { createAuthors } from './authors.ts'
import { type ClientOptions, createClient, type SalesforceClient } from './client.ts'
import { createRecords } from './create-records.ts'
import { SalesforceError, toAppError } from './errors.ts'
import { readHistory } from './history.ts'
import { toLongId } from './ids.ts'
import { inspectOrg } from './inspect.ts'
import { decode, EMAIL_FIELDS, encode, same, toField } from './mapper.ts'
import { retrieveRecords } from './retrieve.ts'
import { endOf, findEnds, scanPage } from './scan.ts'
import { searchRows } from './search.ts'
import { nameIn, quoted } from './soql.ts'
import type { WireRow } from './wire.ts'
import { LONGEST_CALL_MS, openPaces, rowsTogether } from './write-pace.ts'
import { type Patience, writeRows } from './write-rows.ts'

export type SalesforceOptions = ClientOptions & Partial<Patience>

/** The contract on one Salesforce org. Nothing is asked before the first call. */
export function createSalesforce(
  deps: { db?: Db; log: Log; fetch?: typeof fetch; now?: () => Date },
  options: SalesforceOptions,
): Crm {
  const { connection, lockDelayMs = 500, lockPatienceMs = 60_000, longestCallMs = LONGEST_CALL_MS } = options
  const { now = () => new Date() } = deps
  const client = createClient(deps, options)
  const us = async () => (await client.session()).userId
  const authorsOf = createAuthors(client, us)
  const paces = openPaces(deps.db, connection)
  /** Where records live now that were read under the id of one merged into them: their history has to be asked for there. */
  const mergedInto = new Map<string, string>()
  let timeZone = 'UTC'

  const explain = (error: SalesforceError) => toAppError(error, connection)

  async function asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw error instanceof SalesforceError ? explain(error) : error
    }
  }

  const schema = remembered((object) => describeObject(client, object))

  return {
    kind: 'salesforce',
    connection,
    get batchSize() {
      return rowsTogether(paces.known())
    },
    emailFields: EMAIL_FIELDS,

    account: () =>
      asked(async () => {
        const { orgId, userId } = await client.session()
        const [organization] = await client.queryAll('SELECT Id, TimeZoneSidKey FROM Organization LIMIT 1')
        timeZone = organization?.TimeZoneSidKey ?? 'UTC'
        return { accountId: orgId, timeZone, ownAppId: userId }
      }),

    describe: (object) => asked(() => schema.renew(object)),

    inspect: (needs) => asked(() => inspectOrg(client, needs)),

    read: (object, ids, fields, counts) =>
      asked(async () => {
        const ownId = await us()
        const wanted = [...fields, ...recordFields(object)]
        const found = await retrieveRecords(client, object, ids.map(toLongId), wanted, () => counts && counts.read++)
        for (const [id, { Id }] of found) {
          if (Id && Id !== id) mergedInto.set(id, Id)
          else mergedInto.delete(id)
        }
        return new Map(
          ids.flatMap((id): [string, Reading][] => {
            const row = found.get(toLongId(id))
            // A converted lead is read-only for ever: it lives on as a contact.
            return row && row.IsConverted !== 'true' ? [[id, toReading(id, row, fields, ownId)]] : []
          }),
        )
      }),

    ends: (object, ids) =>
      asked(async () => {
        const ends = await findEnds(client, object, ids.map(toLongId))
        return ids.flatMap((id) => {
          const end = ends.get(toLongId(id))
          return end ? [{ ...end, externalId: id }] : []
        })
      }),

    history: (object, ids, fields, counts) =>
      asked(async () => {
        if (fields.length === 0) return new Map()
        const placeOf = (id: string) => mergedInto.get(toLongId(id)) ?? toLongId(id)
        const places = [...new Set(ids.map(placeOf))]
        const found = await readHistory({ client, authorsOf }, object, places, fields, counts)
        return new Map(ids.map((id) => [id, found.get(placeOf(id)) ?? {}]))
      }),

    write: (object, rows, counts) =>
      asked(() =>
        writeRows(
          { client, schema, us, authorsOf, explain, paces, patience: { lockDelayMs, lockPatienceMs, longestCallMs } },
          object,
          rows,
          counts,
        ),
      ),

    create: (object, keyField, rows, counts) =>
      asked(() => createRecords({ client, schema, explain }, { object, keyField, rows, counts })),

    scan: (object, fields, after) =>
      asked(async () => {
        const { rows, ...cursors } = await scanPage(client, object, fields, after, now())
        const gone = rows.flatMap((row) => endOf(object, row) ?? [])
        const ended = new Set(gone.map(({ externalId }) => externalId))
        const living = rows.filter(({ Id }) => !ended.has(Id ?? ''))
        return { records: living.map((row) => toScanned(row, fields)), gone, ...cursors }
      }),

    search: (object, key, fields) =>
      asked(async () => (await searchRows(client, object, key, fields)).map((row) => toScanned(row, fields))),

    activities: createActivities({ client, timeZone: () => timeZone, explain }),

    encode: (field, value) => encode(field, value, timeZone),
    decode,
    same,
  }
}

/** The fields of an object as our user sees them, with what the admin keeps a history of. */
async function describeObject(client: SalesforceClient, object: string): Promise<CrmField[]> {
  const { fields } = await client.describe(nameIn(object))
  const tracked = await trackedFields(client, object)
  return fields.map((field) => toField(field, tracked))
}

async function trackedFields(client: SalesforceClient, object: string): Promise<Set<string> | null> {
  const where = `EntityDefinition.QualifiedApiName = ${quoted(object)} AND IsFieldHistoryTracked = true`
  try {
    const rows = await client.queryAll(`SELECT QualifiedApiName FROM FieldDefinition WHERE ${where}`)
    return new Set(rows.flatMap(({ QualifiedApiName }) => QualifiedApiName ?? []))
  } catch (error) {
    // Not every user may read definitions.
    if (error instanceof SalesforceError && error.kind === 'refused') return null
    throw error
  }
}

/** What a record tells of itself: who changed it last, whether it still is one, and the account it is locked with. */
function recordFields(object: string): string[] {
  const own = object === 'Lead' ? ['IsConverted'] : object === 'Contact' ? ['AccountId'] : []
  return ['LastModifiedDate', 'LastModifiedById', ...own]
}

function toReading(askedId: string, row: WireRow, fields: readonly string[], ownId: string): Reading {
  return {
    askedId,
    // Under the id as it was asked for, in either of its spellings.
    externalId: row.Id === toLongId(askedId) ? askedId : (row.Id ?? askedId),
    values: picked(row, fields),
    changedAt: instant(row.LastModifiedDate),
    changedByUs: row.LastModifiedById === ownId,
    parentId: row.AccountId ?? null,
  }
}

function toScanned(row: WireRow, fields: readonly string[]): ScannedRecord {
  const changedAt = instant(row.LastModifiedDate)
  // Who lost a merge is deleted, and tells its own new place.
  return { externalId: row.Id ?? '', values: picked(row, fields), changedAt, mergedIds: [] }
}

/** Under the names asked for: Salesforce takes them in any case, and answers them in its own. */
function picked(row: WireRow, fields: readonly string[]): Record<string, Wire> {
  const known = fields.every((field) => field in row)
  const held = known ? row : Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]))
  return Object.fromEntries(fields.map((field) => [field, held[known ? field : field.toLowerCase()] ?? null]))
}

function instant(text: string | null | undefined): Date | null {
  return text ? new Date(text) : null
}
