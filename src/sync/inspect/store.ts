import { sql } from 'kysely'
import type { Db } from '../../db/index.ts'

/** How far back in the ledger is looked: as far as it takes to find enough records, but no further. */
const mostWrites = 2_000

/** The ids in the CRM of the records of an object that we wrote last, newest first. */
export async function recentlyWritten(
  db: Db,
  { connection, object }: { connection: string; object: string },
  { days, most }: { days: number; most: number },
): Promise<string[]> {
  const { rows } = await sql<{ externalId: string }>`
    select r.external_id as "externalId"
    from (
      select record_id, max(answered_at) as at
      from (
        -- By the time of the answer, as the index has it: by ids it would walk past all that other connections wrote.
        select record_id, answered_at from ledger
        where connection = ${connection} and outcome = 'written' and answered_at > now() - ${days}::int * interval '1 day'
        order by answered_at desc limit ${mostWrites}
      ) as writes
      group by record_id
    ) as written
    join crm_records r on r.id = written.record_id
    where r.object = ${object} and r.gone_at is null and r.merged_into is null
    order by written.at desc, r.id desc
    limit ${most}`.execute(db)
  return rows.map((row) => row.externalId)
}
