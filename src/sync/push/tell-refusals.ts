import { sql } from 'kysely'
import type { WriteOutcome } from '../../crm/index.ts'
import { type Db, type Trx, transact } from '../../db/index.ts'
import type { PushAnnouncements } from '../announcements.ts'
import type { Intent } from './save-intents.ts'

/** What a CRM refuses more often than this is a fault of the mapping, not of single records (crm.md 10.3). */
const window = { rows: 1_000, share: 0.01 }

/** The newest rows of a run, and how many of them were refused, in whole or in a field. */
type Newest = { rows: number; refused: number; to: number }

/**
 * Announces runs of which more than 1 % of the last 1,000 rows were refused, with what most of them have in common. What has led to
 * it is not counted again: whoever lets the run go on is told anew after another 1,000 rows. Asks nothing where a batch had no refusal.
 */
export async function tellRefusals(
  { db, next }: { db: Db; next: PushAnnouncements },
  { intents, outcomes }: { intents: readonly Intent[]; outcomes: readonly WriteOutcome[] },
): Promise<void> {
  const refused = intents.filter((_, place) => isRefused(outcomes[place]))
  if (refused.length === 0) return
  for (const runId of await runsOf(db, refused)) {
    await transact(db, async (trx) => {
      const newest = await countNewest(trx, runId)
      if (newest.rows < window.rows || newest.refused <= window.rows * window.share) return
      const counted = trx.updateTable('runs').set({ refusals_counted_to: newest.to }).where('id', '=', runId)
      await counted.execute()
      await next.runRefused(trx, {
        runId,
        why: `${inWords(newest)}, most often ${await mostOften(trx, runId, newest)}`,
      })
    })
  }
}

async function runsOf(db: Db, intents: readonly Intent[]): Promise<number[]> {
  const ids = intents.map(({ ledgerId }) => ledgerId)
  const ofIntents = db.selectFrom('ledger').select('run_id').distinct().where(sql<boolean>`id = any(${ids}::bigint[])`)
  return (await ofIntents.execute()).flatMap(({ run_id: runId }) => runId ?? [])
}

function isRefused(outcome: WriteOutcome | undefined): boolean {
  return outcome !== undefined && (outcome.outcome === 'rejected' || outcome.rejectedFields.length > 0)
}

function inWords({ refused, rows }: Newest): string {
  return `the CRM refused ${refused} of the last ${rows.toLocaleString('en-US')} records, which looks like a fault of the mapping`
}

async function countNewest(trx: Trx, runId: number): Promise<Newest> {
  const { rows } = await sql<Newest>`
    -- Of several batches that end together one counts, and the others find it counted. A lock that rows which name the run do not wait for.
    with run as materialized (select coalesce(refusals_counted_to, 0) as counted_to from runs where id = ${runId} for no key update),
    newest as (
      select ledger.id, outcome = 'rejected' or jsonb_array_length(detail -> 'rejectedFields') > 0 as is_refused
      from ledger, run
      where ledger.run_id = ${runId} and outcome in ('written', 'rejected') and ledger.id > run.counted_to
      order by ledger.id desc limit ${window.rows}
    )
    select count(*)::int as rows, (count(*) filter (where is_refused))::int as refused, max(id) as "to" from newest`.execute(
    trx,
  )
  return rows[0] ?? { rows: 0, refused: 0, to: 0 }
}

/** The field and the code of most refusals; never a value or the CRM's own words, which may quote one. */
async function mostOften(trx: Trx, runId: number, { to, rows: most }: Newest): Promise<string> {
  const { rows } = await sql<{ field: string | null; code: string | null }>`
    select refused.field, refused.code
    from (select * from ledger where run_id = ${runId} and id <= ${to} order by id desc limit ${most}) as newest
    cross join lateral (
      select each ->> 'field' as field, each ->> 'code' as code from jsonb_array_elements(detail -> 'rejectedFields') as each
      union all
      select null, detail ->> 'code' where outcome = 'rejected' and jsonb_array_length(detail -> 'rejectedFields') = 0
    ) as refused
    group by refused.field, refused.code order by count(*) desc, refused.field, refused.code limit 1`.execute(trx)
  const { field = null, code = null } = rows[0] ?? {}
  return `${field ?? 'the whole record'}${code === null ? '' : ` (${code})`}`
}
