import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import { type Budget, resetsAt } from './charges.ts'
import type { SpendingLimits } from './spending-limits.ts'

/** What a scope has spent and holds reserved in the current day or month; `capUsd` and `leftUsd` are null where nothing limits it. */
export type ScopeSpending = Budget & {
  capUsd: number | null
  spentUsd: number
  reservedUsd: number
  leftUsd: number | null
  /** Null: never. */
  resetsAt: Date | null
}

/**
 * Every limit there is, and every scope that has spent anything in the current day or month (UTC), limited or not: installation,
 * keys, triggers, and in all: backfills that are not over. Counted from the attempts, which is what budgets sum up. Changes nothing.
 */
export async function reportSpending(deps: {
  db: Db
  now: () => Date
  model: { limits: SpendingLimits }
}): Promise<ScopeSpending[]> {
  const { installation, trigger } = deps.model.limits
  const now = sql<Date>`(${deps.now()}::timestamptz at time zone 'UTC')`
  const { rows } = await sql<Omit<ScopeSpending, 'leftUsd' | 'resetsAt'>>`
    with periods (period, starts_on) as (
      values ('day', ${now}::date), ('month', date_trunc('month', ${now})::date)
    ), limited (scope, per_day, per_month) as (
      select 'installation', ${installation.usdPerDay}::numeric, ${installation.usdPerMonth}::numeric
      union all
      select 'key:' || name, usd_per_day, usd_per_month from api_keys
      union all
      select 'trigger:' || name, ${trigger.usdPerDay}::numeric, ${trigger.usdPerMonth}::numeric from connections
      -- Our own contacts ask only where somebody has made them.
      where kind <> 'local' or exists (select from trigger_requests where connection = connections.name)
    ), spent as (
      select scopes.scope, periods.period, periods.starts_on,
        coalesce(sum(attempts.cost_usd), 0) as spent_usd,
        coalesce(sum(attempts.reserved_usd) filter (where attempts.cost_usd is null), 0) as reserved_usd
      from attempts join runs on runs.id = attempts.run_id
      join periods on attempts.started_at >= periods.starts_on::timestamp at time zone 'UTC'
        and attempts.started_at < (periods.starts_on + ('1 ' || periods.period)::interval) at time zone 'UTC'
      cross join lateral (values
        ('installation'),
        (case when runs.actor like 'key:%' or runs.actor like 'trigger:%' then runs.actor end),
        ('key:' || runs.key_name)
      ) as scopes (scope)
      where scopes.scope is not null
        and attempts.started_at >= date_trunc('month', ${now}) at time zone 'UTC'
      group by scopes.scope, periods.period, periods.starts_on
    ), capped as (
      select scope, period, starts_on, case period when 'day' then per_day else per_month end as cap_usd
      from limited cross join periods
    )
    select * from (
    select scope, period, starts_on as "startsOn", capped.cap_usd as "capUsd",
      coalesce(spent.spent_usd, 0) as "spentUsd", coalesce(spent.reserved_usd, 0) as "reservedUsd"
    from capped full join spent using (scope, period, starts_on)
    where capped.cap_usd is not null or spent.scope is not null or scope = 'installation'
    union all
    select 'backfill:' || backfills.id, 'total', min(attempts.started_at at time zone 'UTC')::date, backfills.max_cost_usd,
      coalesce(sum(attempts.cost_usd), 0), coalesce(sum(attempts.reserved_usd) filter (where attempts.cost_usd is null), 0)
    from backfills left join attempts on attempts.run_id = backfills.run_id
    where backfills.max_cost_usd is not null and backfills.run_id is not null and backfills.state not in ('done', 'cancelled')
    group by backfills.id
    ) as spending
    order by scope <> 'installation', scope, period`.execute(deps.db)
  return rows.map((row) => ({
    ...row,
    leftUsd: row.capUsd === null ? null : Math.max(0, row.capUsd - row.spentUsd - row.reservedUsd),
    resetsAt: resetsAt(row),
  }))
}
