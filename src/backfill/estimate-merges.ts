import { sql } from 'kysely'
import type { Trx } from '../db/index.ts'
import type { Mapping } from '../mapping/index.ts'
import { type Model, providerModel, wayTo } from '../model/index.ts'
import { readCalibrations } from './calibration-store.ts'
import { priceCalls } from './price-calls.ts'
import type { Estimate } from './types.ts'

/** The texts that a model may have to merge, and what that costs. The range is absent in plans made before there was one. */
export type Merges = {
  texts: number
  costUsd: number
  costUsdLow?: number
  costUsdHigh?: number
  /** How many merges the cost was learned from; 0: not calibrated yet. */
  learnedFromCalls?: number
}

/** The name under which AFTERWORD_MODELS may give merges a model of their own. */
export const mergeName = 'merge'

const none: Merges = { texts: 0, costUsd: 0 }

/**
 * How many texts a backfill may have to have merged at the most: one for every record with two conversations or more, and each
 * rule that merges; a contact is pushed once, after the last of its selected conversations. What is merged already is made
 * no second time, so they may also cost nothing. An estimate of the cost, by the model that `merge` is given.
 */
export async function estimateMerges(
  trx: Trx,
  model: Model,
  { backfillId, mappings }: { backfillId: number; mappings: readonly Mapping[] },
): Promise<Merges> {
  const rules = new Map(
    mappings.map(({ name, rules: all }) => [name, all.filter((rule) => rule.mode === 'merge').length]),
  )
  const merging = [...rules].flatMap(([name, count]) => (count > 0 ? [name] : []))
  if (merging.length === 0) return none
  const { rows } = await sql<{ mapping: string; records: number; values: number }>`
    with reached as (
      select distinct links.mapping, links.record_id
      from backfill_items join links using (conversation_id)
      where backfill_items.backfill_id = ${backfillId} and links.mapping = any(${merging}::text[]) and links.record_id is not null
    ), spoken as (
      select reached.mapping, count(*) as values
      from reached join links using (mapping, record_id)
      group by reached.mapping, reached.record_id having count(*) > 1
    )
    select mapping, count(*)::int as records, sum(values)::int as values from spoken group by mapping
  `.execute(trx)
  const of = (mapping: string) => rules.get(mapping) ?? 0
  const texts = rows.reduce((sum, { mapping, records }) => sum + records * of(mapping), 0)
  const values = rows.reduce((sum, { mapping, values }) => sum + values * of(mapping), 0)
  return { ...(await price(trx, model, texts, values)), ...(texts > 0 && { costUsdLow: 0 }) }
}

/** The same of an exact plan: the cells of fields that merge which wait for a text, each of what its record's conversations and its field hold. */
export async function estimatePlannedMerges(
  trx: Trx,
  model: Model,
  { planId, mappings }: { planId: number; mappings: readonly Mapping[] },
): Promise<Merges> {
  const merging = mappings.flatMap(({ connection, object, rules }) =>
    rules.flatMap(({ mode, field }) => (mode === 'merge' ? [{ connection, object, field }] : [])),
  )
  if (merging.length === 0) return none
  const { rows } = await sql<{ texts: number; values: number }>`
    with merging as (
      select distinct * from unnest(
        ${merging.map((each) => each.connection)}::text[], ${merging.map((each) => each.object)}::text[],
        ${merging.map((each) => each.field)}::text[]
      ) as m (connection, object, field)
    )
    select count(*)::int as texts, coalesce(sum(cardinality(plan_rows.conversation_ids) + 1), 0)::int as values
    from plan_rows
    join crm_records on crm_records.id = plan_rows.record_id
    cross join lateral jsonb_array_elements(plan_rows.cells) as cell
    join merging on merging.connection = crm_records.connection and merging.object = crm_records.object
      and merging.field = cell ->> 'field'
    where plan_rows.plan_id = ${planId} and cell -> 'decision' ->> 'decision' = 'held'
  `.execute(trx)
  return price(trx, model, rows[0]?.texts ?? 0, rows[0]?.values ?? 0)
}

/** An estimate with its merges, their cost included. Pure. */
export function withMerges(estimate: Estimate, merges: Merges): Estimate {
  const { costUsd, costUsdLow = costUsd, costUsdHigh = costUsd } = merges
  return {
    ...estimate,
    merges,
    costUsd: estimate.costUsd + costUsd,
    costUsdLow: (estimate.costUsdLow ?? estimate.costUsd) + costUsdLow,
    costUsdHigh: (estimate.costUsdHigh ?? estimate.costUsd) + costUsdHigh,
    costUsdAtMost: estimate.costUsdAtMost + costUsdHigh,
  }
}

async function price(trx: Trx, model: Model, texts: number, values: number): Promise<Merges> {
  if (texts === 0) return none
  const provider = providerModel(model.profile, mergeName)
  const calibration = (await readCalibrations(trx, [{ purpose: 'merge', model: provider }]))('merge', provider)
  const priced = priceCalls(wayTo(model, provider), calibration, {
    calls: texts,
    staticBytes: 0,
    parts: values,
    textBytes: 0,
  })
  return {
    texts,
    costUsd: priced.usd,
    costUsdLow: priced.lowUsd,
    costUsdHigh: priced.highUsd,
    learnedFromCalls: calibration.learnedFrom,
  }
}
