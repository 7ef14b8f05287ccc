import type { ScannedPage, ScannedRecord, SearchKey } from '../contract.ts'
import { type HubspotClient, MOST_HITS, type SearchFilter } from './client.ts'
import { HubspotError } from './errors.ts'
import { findRecords, MERGED_IDS, mergedIdsOf } from './find-records.ts'
import type { WireRecord } from './wire.ts'

/**
 * A change is found by a search only when it is in the index: mostly seconds, 38 s at most in what was recorded (crm.md 1.4). A later scan
 * looks back so far, which also covers clocks that differ.
 */
const OVERLAP_MS = 600_000

/**
 * A page of all records, by the list: sequential, in no order of change, but exact. Or, behind a `seenTo`, of what has changed since, by
 * the search: of a large account the list takes many minutes, and few have changed. Within a search the records go by their ids,
 * so what changes meanwhile moves none of them, and none of it is deeper than the 10,000 hits that a search goes. Cursors: `list <since>
 * <after>` and `changed <since> [<this scan's start> <last id>]`.
 */
export async function scanPage(
  client: HubspotClient,
  object: string,
  fields: string[],
  after: string | null,
): Promise<ScannedPage> {
  const [kind = '', since = '', ...rest] = after === null ? ['list', startNow(), ''] : after.split(' ')
  if (kind === 'list') return listPage(client, object, fields, { since, after: rest[0] || null })
  if (kind !== 'changed' || !(Date.parse(since) > 0))
    throw new HubspotError('refused', 'the cursor of this scan cannot be read: start it anew')
  const [start = startNow(), lastId] = rest
  const filters: SearchFilter[] = [
    [object === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate', 'GTE', since],
    ...(lastId === undefined ? [] : [['hs_object_id', 'GT', lastId] satisfies SearchFilter]),
  ]
  const ids = await client.searchIds(object, [filters])
  const next = ids.length === MOST_HITS ? `changed ${since} ${start} ${ids.at(-1)}` : null
  return { records: await readFound(client, object, ids, fields), next, seenTo: `changed ${start}` }
}

/**
 * What a search by one key finds. The index has numbers without their country code, and e-mails in lower case. An account's
 * own number fields are compared as they stand.
 */
export async function searchRecords(
  client: HubspotClient,
  object: string,
  key: SearchKey,
  fields: string[],
): Promise<ScannedRecord[]> {
  // At most five groups: one of two too many is a 400.
  const filters: SearchFilter[] =
    key.by === 'email'
      ? [['email', 'EQ', key.key]]
      : [
          ...CALCULATED.map((property): SearchFilter => [property, 'EQ', key.national]),
          ...key.fields.slice(0, 3).map((property): SearchFilter => [property, 'EQ', key.key]),
        ]
  const ids = await client.searchIds(
    object,
    filters.map((filter) => [filter]),
  )
  return readFound(client, object, ids, fields)
}

const CALCULATED = ['hs_searchable_calculated_phone_number', 'hs_searchable_calculated_mobile_number']

async function listPage(
  client: HubspotClient,
  object: string,
  fields: string[],
  { since, after }: { since: string; after: string | null },
): Promise<ScannedPage> {
  const { results, paging } = await client.listPage(object, [...fields, MERGED_IDS], after)
  const next = paging?.next?.after
  return {
    records: results.map((record) => toScanned(record, fields)),
    next: next === undefined ? null : `list ${since} ${next}`,
    seenTo: `changed ${since}`,
  }
}

async function readFound(client: HubspotClient, object: string, ids: string[], fields: string[]) {
  const found = await findRecords(client, object, ids, { fields, historyOf: [] })
  return [...new Set(found.values())].map((record) => toScanned(record, fields))
}

function toScanned(record: WireRecord, fields: readonly string[]): ScannedRecord {
  const values = Object.fromEntries(fields.map((field) => [field, record.properties[field] ?? null]))
  return { externalId: record.id, values, changedAt: record.updatedAt, mergedIds: mergedIdsOf(record) }
}

function startNow(): string {
  return new Date(Date.now() - OVERLAP_MS).toISOString()
}
