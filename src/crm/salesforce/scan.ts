import type { SalesforceClient } from './client.ts'
import { SalesforceError } from './errors.ts'
import { isId } from './ids.ts'
import { nameIn, namesOnce, quoted } from './soql.ts'
import type { WireRow } from './wire.ts'

const PAGE = 2_000
/** A record bears the time of its save but is seen only once the save is committed: a later scan looks back so far. */
const OVERLAP_MS = 600_000
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$/

/**
 * A page of all records in the order in which they last changed: what changes during a scan comes once more, and no locator of
 * theirs has to stay alive between pages. The cursor is the last record's `SystemModstamp` and id, or a time alone. Converted
 * leads are left out.
 */
export async function scanPage(
  client: SalesforceClient,
  object: string,
  fields: readonly string[],
  after: string | null,
): Promise<{ rows: WireRow[]; next: string | null; seenTo: string | null }> {
  const names = namesOnce(['Id', 'LastModifiedDate', 'SystemModstamp', ...fields]).map(nameIn)
  const conditions = [...(object === 'Lead' ? ['IsConverted = false'] : []), ...(after === null ? [] : [behind(after)])]
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  const rows = await client.queryAll(
    `SELECT ${names.join(', ')} FROM ${nameIn(object)}${where} ORDER BY SystemModstamp, Id LIMIT ${PAGE}`,
  )
  const last = rows.at(-1)
  const seen = last?.SystemModstamp ? new Date(Date.parse(last.SystemModstamp) - OVERLAP_MS).toISOString() : null
  return {
    rows,
    next: last && rows.length === PAGE ? `${last.SystemModstamp} ${last.Id}` : null,
    seenTo: seen ?? after,
  }
}

function behind(cursor: string): string {
  const [stamp = '', id] = cursor.split(' ')
  if (!INSTANT.test(stamp) || (id !== undefined && !isId(id))) {
    throw new SalesforceError('refused', 'the cursor of this scan cannot be read: start it anew')
  }
  const at = new Date(stamp).toISOString()
  if (id === undefined) return `SystemModstamp >= ${at}`
  return `(SystemModstamp > ${at} OR (SystemModstamp = ${at} AND Id > ${quoted(id)}))`
}
