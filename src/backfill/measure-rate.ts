import { sql } from 'kysely'
import type { Db } from '../db/index.ts'

/** Of this many conversations and seconds the rate is the mean: a pause, a wait for a limit or another speed shows within a minute. */
const window = { items: 1_000, seconds: 60 }

/** How many conversations a minute have been done of late; null where none was. Reads the newest ones, however many there are. */
export async function measureRate(db: Db, backfillId: number): Promise<number | null> {
  const { rows } = await sql<{ items: number; seconds: number | null }>`
    select count(*)::int as items, extract(epoch from now() - min(done_at))::float8 as seconds
    from (
      -- They are taken up in order: what was done last stands before the first that is open.
      select done_at from backfill_items
      where backfill_id = ${backfillId} and seq < coalesce(
        (select min(seq) from backfill_items where backfill_id = ${backfillId} and state = 'open'), 2147483647)
      order by seq desc limit ${window.items}
    ) as newest
    where done_at > now() - make_interval(secs => ${window.seconds})
  `.execute(db)
  const { items, seconds } = rows[0] ?? { items: 0, seconds: null }
  return items === 0 || seconds === null ? null : (items / Math.max(seconds, 1)) * 60
}
