import { type RawBuilder, sql } from 'kysely'
import type { Period } from '../db/index.ts'
import type { SpendingLimits } from './spending-limits.ts'

/**
 * A budget that a call counts against: a scope (`installation`, `key:ops`, `trigger:main`, `schedule:nightly`, `backfill:7`) in one
 * calendar period, UTC, or in all.
 */
export type Budget = { scope: string; period: Period; startsOn: string }

/** Where the period of what may be spent in all begins. */
const always = '1970-01-01'

/**
 * Every budget that a run is charged to at a time, as a subquery of (scope, period, starts_on, cap_usd): the installation, the
 * API key that asked, the trigger, the schedule, the backfill that it is of. `run` names what has an `id`, an `actor` and a `key_name`.
 * A limit that is raised or lowered counts at once. Only schedules go by weeks, which begin on Monday.
 */
export function chargesOf(run: string, at: RawBuilder<Date>, { installation, trigger }: SpendingLimits) {
  const id = sql.ref<number | null>(`${run}.id`)
  const actor = sql.ref<string>(`${run}.actor`)
  const keyName = sql.ref<string | null>(`${run}.key_name`)
  return sql`(
    select scopes.scope, periods.period, periods.starts_on, periods.cap_usd
    from (
      select 'installation' as scope, ${installation.usdPerDay}::numeric as per_day, null::numeric as per_week, ${installation.usdPerMonth}::numeric as per_month
      union all
      select 'key:' || api_keys.name, api_keys.usd_per_day, null, api_keys.usd_per_month from api_keys
      where api_keys.name = coalesce(${keyName}, case when ${actor} like 'key:%' then substr(${actor}, 5) end)
      union all
      select ${actor}, ${trigger.usdPerDay}::numeric, null, ${trigger.usdPerMonth}::numeric where ${actor} like 'trigger:%'
      union all
      select ${actor}, ${ofPeriod('day')}, ${ofPeriod('week')}, ${ofPeriod('month')} from schedules
      where ${actor} like 'schedule:%' and schedules.name = substr(${actor}, 10)
    ) as scopes
    cross join lateral (values
      ('day', (${at} at time zone 'UTC')::date, scopes.per_day),
      ('week', date_trunc('week', ${at} at time zone 'UTC')::date, scopes.per_week),
      ('month', date_trunc('month', ${at} at time zone 'UTC')::date, scopes.per_month)
    ) as periods (period, starts_on, cap_usd)
    where periods.period <> 'week' or scopes.scope like 'schedule:%'
    union all
    select 'backfill:' || backfills.id, 'total', ${always}::date, backfills.max_cost_usd
    from backfills where backfills.run_id = ${id} and backfills.max_cost_usd is not null
  )`
}

/** What a row of `schedules` may spend in such a period; null: no limit of that kind. */
export function ofPeriod(period: Period) {
  return sql`case when schedules.cap_period = ${sql.lit(period)} then schedules.cap_usd end`
}

/** When a budget's period is over, and its limit begins anew; null: never. */
export function resetsAt({ period, startsOn }: Pick<Budget, 'period' | 'startsOn'>): Date | null {
  if (period === 'total') return null
  const at = new Date(`${startsOn}T00:00:00Z`)
  if (period !== 'month') at.setUTCDate(at.getUTCDate() + (period === 'day' ? 1 : 7))
  else at.setUTCMonth(at.getUTCMonth() + 1)
  return at
}
