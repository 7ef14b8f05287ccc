import { sql } from 'kysely'
import type { Trx } from '../db/index.ts'
import type { Mapping } from '../mapping/index.ts'
import { costUsd, type Model, noUsage, providerModel } from '../model/index.ts'

/** The texts that a model may have to merge, and what that costs. */
export type Merges = { texts: number; costUsd: number }

/** What is asked beside the values, and what is taken of a value before it is known: some sixty words, in as in out. */
const tokens = { instructions: 350, value: 80, answer: 160 }

/**
 * How many texts a backfill may have to have merged at the most: one for every record with two conversations or more, and each
 * rule that merges; a contact is pushed once, after the last of its selected conversations. What is merged already is made
 * no second time. An estimate of the cost, by the model that `merge` is given.
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
  if (merging.length === 0) return { texts: 0, costUsd: 0 }
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
  return rows.reduce<Merges>(
    (all, { mapping, records, values }) => {
      const texts = records * (rules.get(mapping) ?? 0)
      const inputTokens = texts * tokens.instructions + values * (rules.get(mapping) ?? 0) * tokens.value
      const usage = { ...noUsage, inputTokens, outputTokens: texts * tokens.answer }
      const cost = costUsd({ ...usage, cachedTokens: 0 }, providerModel(model.profile, 'merge')) ?? 0
      return { texts: all.texts + texts, costUsd: all.costUsd + cost }
    },
    { texts: 0, costUsd: 0 },
  )
}
