import { sql } from 'kysely'
import { type Db, json, transact } from '../db/index.ts'
import type { Budget } from './charges.ts'

/**
 * Opens budgets with what the attempts of their scopes have spent and hold already, so that a limit switched on in the middle of
 * a month counts the whole month. Twice is safe.
 */
export async function seedBudgets(db: Db, budgets: Budget[]): Promise<void> {
  const wanted = budgets.map(({ scope, period, startsOn }) => ({ scope, period, starts_on: startsOn }))
  await transact(db, async (trx) => {
    // Waits for whoever writes an attempt: an attempt is either in this sum or finds these rows, never both and never neither.
    await sql`lock table attempts in share mode`.execute(trx)
    await sql`
      insert into budgets (scope, period, starts_on, reserved_usd, spent_usd)
      select wanted.scope, wanted.period, wanted.starts_on,
        coalesce(sum(charged.reserved_usd) filter (where charged.cost_usd is null), 0), coalesce(sum(charged.cost_usd), 0)
      from jsonb_to_recordset(${json(wanted)}::jsonb) as wanted(scope text, period text, starts_on date)
      left join lateral (
        select attempts.reserved_usd, attempts.cost_usd from attempts join runs on runs.id = attempts.run_id
        where wanted.period <> 'total' and attempts.started_at >= wanted.starts_on::timestamp at time zone 'UTC'
          and attempts.started_at < (wanted.starts_on + case when wanted.period = 'month' then interval '1 month' else interval '1 day' end) at time zone 'UTC'
          and wanted.scope in ('installation', runs.actor, 'key:' || runs.key_name)
        union all
        select attempts.reserved_usd, attempts.cost_usd from backfills join attempts using (run_id)
        where wanted.period = 'total' and wanted.scope = 'backfill:' || backfills.id
      ) as charged on true
      group by wanted.scope, wanted.period, wanted.starts_on
      order by wanted.scope, wanted.period
      on conflict do nothing`.execute(trx)
  })
}
