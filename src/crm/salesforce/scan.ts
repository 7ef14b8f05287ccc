import { chunked } from '../chunked.ts'
import type { GoneRecord } from '../contract.ts'
import type { SalesforceClient } from './client.ts'
import { SalesforceError } from './errors.ts'
import { isId } from './ids.ts'
import { idsIn, MOST_IDS, nameIn, namesOnce, quoted } from './soql.ts'
import type { WireRow } from './wire.ts'

const PAGE = 2_000
/**
 * A record bears the time of its save but is seen only once the save is committed: a later scan looks back so far before this one was
 * begun, whatever this one has found. That also covers clocks that differ.
 */
const OVERLAP_MS = 600_000
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$/

/**
 * A page of all records in the order in which they last changed: what changes during a scan comes once more, and no locator of
 * theirs has to stay alive between pages. The cursor is the last record's `SystemModstamp` and id, and from when on a later scan
 * has to look; or, to begin with, a time alone. Deleted records are among them as long as the org keeps them in its recycle bin, with
 * the one that they were merged into.
 */
export async function scanPage(
  client: SalesforceClient,
  object: string,
  fields: readonly string[],
  after: string | null,
  now: Date,
): Promise<{ rows: WireRow[]; next: string | null; seenTo: string }> {
  // A scan that is gone on with later was begun with its first page.
  const [stamp = '', id, begun = new Date(now.getTime() - OVERLAP_MS).toISOString()] = after?.split(' ') ?? []
  const own = ['Id', 'LastModifiedDate', 'SystemModstamp', 'IsDeleted', ...endFields(object)]
  const names = namesOnce([...own, ...fields]).map(nameIn)
  const where = after === null ? '' : ` WHERE ${behind(stamp, id)}`
  const rows = await client.queryAll(
    `SELECT ${names.join(', ')} FROM ${nameIn(object)}${where} ORDER BY SystemModstamp, Id LIMIT ${PAGE}`,
    { isAll: true },
  )
  const last = rows.at(-1)
  return {
    rows,
    next: last && rows.length === PAGE ? `${last.SystemModstamp} ${last.Id} ${begun}` : null,
    seenTo: begun,
  }
}

/** How those of these records have ended that have, by their ids: also deleted ones, as long as the recycle bin has them. */
export async function findEnds(
  client: SalesforceClient,
  object: string,
  ids: readonly string[],
): Promise<Map<string, GoneRecord>> {
  const names = ['Id', 'IsDeleted', ...endFields(object)].join(', ')
  const ends: GoneRecord[] = []
  for (const chunk of chunked([...new Set(ids)].filter(isId), MOST_IDS)) {
    const soql = `SELECT ${names} FROM ${nameIn(object)} WHERE Id IN ${idsIn(chunk)}`
    const rows = await client.queryAll(soql, { isAll: true })
    ends.push(...rows.flatMap((row) => endOf(object, row) ?? []))
  }
  return new Map(ends.map((end) => [end.externalId, end]))
}

/** What tells how a record of an object ended. */
function endFields(object: string): string[] {
  if (object === 'Lead') return ['MasterRecordId', 'IsConverted', 'ConvertedContactId']
  return object === 'Contact' ? ['MasterRecordId'] : []
}

/** How a record has ended; undefined: it has not. A converted lead is one nobody can change any more (crm.md 4.7). */
export function endOf(object: string, row: WireRow): GoneRecord | undefined {
  const { Id: externalId = null, IsDeleted, MasterRecordId, IsConverted, ConvertedContactId } = row
  if (externalId === null) return undefined
  if (IsDeleted === 'true')
    return { externalId, became: MasterRecordId ? { object, externalId: MasterRecordId } : null }
  if (IsConverted !== 'true') return undefined
  return { externalId, became: ConvertedContactId ? { object: 'Contact', externalId: ConvertedContactId } : null }
}

function behind(stamp: string, id: string | undefined): string {
  if (!INSTANT.test(stamp) || (id !== undefined && !isId(id))) {
    throw new SalesforceError('refused', 'the cursor of this scan cannot be read: start it anew')
  }
  const at = new Date(stamp).toISOString()
  if (id === undefined) return `SystemModstamp >= ${at}`
  return `(SystemModstamp > ${at} OR (SystemModstamp = ${at} AND Id > ${quoted(id)}))`
}
