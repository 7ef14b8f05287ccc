import { sql } from 'kysely'
import type { Trx } from '../db/index.ts'
import type { Paces } from '../limits/index.ts'
import type { Mapping } from '../mapping/index.ts'

export type Blast = { paces: Paces; warnRecords: number }

/**
 * One sentence for every connection of which a backfill may write more records than `warnRecords`, with how long that takes at
 * the connection's pace. Counts the records that the selected conversations are linked to now, by mappings that may write.
 */
export async function warnOfBlast(
  trx: Trx,
  { paces, warnRecords }: Blast,
  { backfillId, mappings }: { backfillId: number; mappings: Mapping[] },
): Promise<string[]> {
  const writing = mappings.filter((mapping) => mapping.write && mapping.rules.length > 0).map((mapping) => mapping.name)
  const { rows } = await sql<{ connection: string; records: number }>`
    select links.connection, count(distinct links.record_id)::int as records
    from backfill_items
    join links on links.conversation_id = backfill_items.conversation_id
    where backfill_items.backfill_id = ${backfillId} and links.mapping = any(${writing}::text[]) and links.record_id is not null
    group by links.connection
    order by links.connection
  `.execute(trx)
  return rows
    .filter(({ records }) => records > warnRecords)
    .map(({ connection, records }) => {
      const much = `up to ${number(records)} records of ${connection} may be written, more than ${number(warnRecords)}`
      return `${much}: ${paceOf(paces, connection, records)}`
    })
}

function paceOf(paces: Paces, connection: string, records: number): string {
  const { recordsPerMinute = null, quietHours = null } = paces.get(connection) ?? {}
  const quiet = quietHours === null ? '' : ', not counting its quiet hours'
  if (recordsPerMinute !== null)
    return `about ${duration(records / recordsPerMinute)} at ${number(recordsPerMinute)} records a minute${quiet}`
  return `as fast as it takes them, for it has no AFTERWORD_CONNECTION_${connection.toUpperCase()}_RECORDS_PER_MINUTE`
}

function duration(minutes: number): string {
  if (minutes < 1) return 'a minute'
  if (minutes < 120) return `${Math.ceil(minutes)} minutes`
  return minutes < 48 * 60 ? `${Math.ceil(minutes / 60)} hours` : `${Math.ceil(minutes / 60 / 24)} days`
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
