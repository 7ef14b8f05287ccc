import { type RawBuilder, sql } from 'kysely'
import type { Period } from '../db/index.ts'
import type { SpendingLimits } from './spending-limits.ts'

/** A budget that a call counts against: a scope (`installation`, `key:ops`, `trigger:main`, `backfill:7`) in one calendar period, UTC, or in all. */
export type Budget = { scope: string; period: Period; startsOn: string }

/** Where the period of what may be spent in all begins. */
const always = '1970-01-01'

/**
 * Every budget that a run is charged to at a time, as a subquery of (scope, period, starts_on, cap_usd): the installation, the
 * API key that asked, the trigger, the backfill that it is of. `run` names what has an `id`, an `actor` and a `key_name`. A limit that
 * is raised or lowered counts at once.
 */
export function chargesOf(run: string, at: RawBuilder<Date>, { installation, trigger }: SpendingLimits) {
  const id = sql.ref<number | null>(`${run}.id`)
  const actor = sql.ref<string>(`${run}.actor`)
  const keyName = sql.ref<string | null>(`${run}.key_name`)
  return sql`(
    select scopes.scope, periods.period, periods.starts_on, periods.cap_usd
    from (
      select 'installation' as scope, ${installation.usdPerDay}::numeric as per_day, ${installation.usdPerMonth}::numeric as per_month
      union all
      select 'key:' || api_keys.name, api_keys.usd_per_day, api_keys.usd_per_month from api_keys
      where api_keys.name = coalesce(${keyName}, case when ${actor} like 'key:%' then substr(${actor}, 5) end)
      union all
      select ${actor}, ${trigger.usdPerDay}::numeric, ${trigger.usdPerMonth}::numeric where ${actor} like 'trigger:%'
    ) as scopes
    cross join lateral (values
      ('day', (${at} at time zone 'UTC')::date, scopes.per_day),
      ('month', date_trunc('month', ${at} at time zone 'UTC')::date, scopes.per_month)
    ) as periods (period, starts_on, cap_usd)
    union all
    select 'backfill:' || backfills.id, 'total', ${always}::date, backfills.max_cost_usd
    from backfills where backfills.run_id = ${id} and backfills.max_cost_usd is not null
  )`
}

/** When a budget's period is over, and its limit begins anew; null: never. */
export function resetsAt({ period, startsOn }: Pick<Budget, 'period' | 'startsOn'>): Date | null {
  if (period === 'total') return null
  const at = new Date(`${startsOn}T00:00:00Z`)
  if (period === 'day') at.setUTCDate(at.getUTCDate() + 1)
  else at.setUTCMonth(at.getUTCMonth() + 1)
  return at
}
