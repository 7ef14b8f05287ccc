import { sql } from 'kysely'
import type { Trx } from '../db/index.ts'
import type { Paces } from '../limits/index.ts'
import type { Mapping } from '../mapping/index.ts'

export type Blast = { paces: Paces; warnRecords: number }

/** How many records of a connection a backfill may write. */
type Wanted = { connection: string; records: number }

/**
 * One sentence for every connection of which a backfill may write more records than `warnRecords`, with how long that takes at
 * the connection's pace. Pure.
 */
export function warnOfBlast({ paces, warnRecords }: Blast, wanted: readonly Wanted[]): string[] {
  return wanted
    .filter(({ records }) => records > warnRecords)
    .map(({ connection, records }) => {
      const much = `up to ${number(records)} records of ${connection} may be written, more than ${number(warnRecords)}`
      return `${much}: ${paceOf(paces, connection, records)}`
    })
}

/** The records that the selected conversations are linked to now, by mappings that may write. */
export async function linkedRecords(
  trx: Trx,
  { backfillId, mappings }: { backfillId: number; mappings: Mapping[] },
): Promise<Wanted[]> {
  const writing = mappings.filter((mapping) => mapping.write && mapping.rules.length > 0).map((mapping) => mapping.name)
  const { rows } = await sql<Wanted>`
    select links.connection, count(distinct links.record_id)::int as records
    from backfill_items
    join links on links.conversation_id = backfill_items.conversation_id
    where backfill_items.backfill_id = ${backfillId} and links.mapping = any(${writing}::text[]) and links.record_id is not null
    group by links.connection
    order by links.connection
  `.execute(trx)
  return rows
}

/** The records that an exact plan changes or creates. */
export async function changedRecords(trx: Trx, planId: number): Promise<Wanted[]> {
  const { rows } = await sql<Wanted>`
    with written as (
      select crm_records.connection
      from plan_rows
      join crm_records on crm_records.id = plan_rows.record_id
      where plan_rows.plan_id = ${planId} and exists (
        select from jsonb_array_elements(plan_rows.cells) as cell where cell ->> 'before' is distinct from cell ->> 'after'
      )
      union all
      select connection from plan_creations where plan_id = ${planId}
    )
    select connection, count(*)::int as records from written group by connection order by connection
  `.execute(trx)
  return rows
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
