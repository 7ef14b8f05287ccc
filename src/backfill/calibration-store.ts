import { sql } from 'kysely'
import type { Trx } from '../db/index.ts'
import { type Calibration, calibrate, type Sample } from './calibration.ts'

/** Enough for a range, few enough to be read with the text of their conversations for every plan. */
const lastCalls = 300

/**
 * What was learned of each model from its last analyses or merges, in one statement, however many there were: by the index of what was
 * billed. The tries of one analysis are one call; what is gone, or whose text is gone, teaches nothing.
 */
export async function readCalibrations(
  trx: Trx,
  wanted: readonly Pick<Calibration, 'purpose' | 'model'>[],
): Promise<(purpose: Calibration['purpose'], model: string) => Calibration> {
  const { rows } = await sql<Pick<Calibration, 'purpose' | 'model'> & Omit<Sample, 'calls'>>`
    with wanted as (
      select distinct * from unnest(${wanted.map((each) => each.purpose)}::text[], ${wanted.map((each) => each.model)}::text[]) as w (purpose, model)
    ), recent as (
      select newest.* from wanted cross join lateral (
        select * from attempts
        where attempts.purpose = wanted.purpose and attempts.model = wanted.model
          and static_bytes is not null and parts is not null and input_tokens > 0
        order by ended_at desc, id desc limit ${lastCalls}
      ) as newest
    ), called as (
      select purpose, model, conversation_id, max(id) as id, (array_agg(static_bytes order by id))[1] as static_bytes,
        (array_agg(parts order by id))[1] as parts, sum(input_tokens)::int as input_tokens, sum(cached_tokens)::int as cached_tokens,
        sum(cache_write_tokens)::int as cache_write_tokens,         sum(output_tokens)::int as output_tokens
      from recent
      group by purpose, model, run_id, conversation_id, case when conversation_id is null then id end
    )
    select purpose, model, static_bytes as "staticBytes", parts, coalesce(octet_length(turns::text), 0) as "textBytes",
      input_tokens as "inputTokens", cached_tokens as "cachedTokens", cache_write_tokens as "cacheWriteTokens",
      output_tokens as "outputTokens"
    from called left join transcripts using (conversation_id)
    where purpose = 'merge' or turns is not null
    order by id`.execute(trx)
  const samples = Map.groupBy(rows, ({ purpose, model }) => `${purpose} ${model}`)
  return (purpose, model) => {
    const of = samples.get(`${purpose} ${model}`) ?? []
    return calibrate(
      purpose,
      model,
      of.map((row) => ({ ...row, calls: 1 })),
    )
  }
}
