import { sql } from 'kysely'
import type { Db } from '../../../src/db/index.ts'

/** When the first of them began, and how far apart they begin: a million take a year. */
export const firstStart = Date.parse('2025-01-01T00:00:00Z')
export const apartMs = 30_000

/**
 * So many calls by plain SQL, in the order in which they took place, each with an analysis that counts. What a filter asks for stands
 * in a known share of them: a fifth and less, down to one in a hundred.
 */
export async function fillWithCalls(db: Db, calls: number): Promise<void> {
  await db.connection().execute(async (session) => {
    // Rows that fit each other as they are written need no look at each reference.
    await sql`set session_replication_role = replica`.execute(session)
    const rebuild = await dropIndexes(session)
    await insertCalls(session, calls)
    for (const definition of rebuild) await sql.raw(definition).execute(session)
    await sql`reset session_replication_role`.execute(session)
  })
  await sql`vacuum (analyze) conversations, analyses, corrections, runs`.execute(db)
}

/** Built at the end they cost a part of it. Returns what builds them. */
async function dropIndexes(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string; definition: string }>`
    select indexname as name, indexdef as definition from pg_indexes
    where tablename in ('conversations', 'analyses') and indexname not in (select conname from pg_constraint)`.execute(
    db,
  )
  for (const { name } of rows) await sql`drop index ${sql.id(name)}`.execute(db)
  return rows.map(({ definition }) => definition)
}

async function insertCalls(db: Db, calls: number): Promise<void> {
  await sql`
    insert into agents (id, kind, name) select 'agent_' || n, 'call', 'Agent ' || n from generate_series(0, 19) as n`.execute(
    db,
  )
  await sql`insert into analysis_configs (hash, config) values ('bench', '{"items":[],"model":"m"}')`.execute(db)
  const { rows } = await sql<{ id: number }>`
    insert into runs (kind, actor, reason) values ('intake', 'cli:bench', 'bench') returning id`.execute(db)
  const runId = rows[0]?.id
  await sql`
    insert into conversations (id, kind, agent_id, agent_version, type, status, direction, from_number, to_number, contact_number,
      disconnection_reason, started_at, ended_at, spoken_at, received_at, duration_ms, metadata, variables, tool_calls, raw,
      content_hash, intake_run_id)
    select 'call_' || md5(n::text), 'call', 'agent_' || (n * 7) % 20, (n % 3)::int,
      case when (n * 13) % 50 = 0 then 'web_call' else 'phone_call' end,
      case when (n * 37) % 100 = 1 then 'error' else 'ended' end,
      case when n % 2 = 0 then 'inbound' else 'outbound' end,
      '+1415' || lpad(((n * 7919) % 200000)::text, 7, '0'), '+12125550199', '+1415' || lpad(((n * 7919) % 200000)::text, 7, '0'),
      case when (n * 37) % 100 = 2 then 'dial_busy' when n % 3 = 0 then 'agent_hangup' else 'user_hangup' end,
      started, started + interval '90 seconds', started + interval '90 seconds', started + interval '100 seconds',
      (n * 31) % 100 * 1000,
      jsonb_build_object('customer', n, 'plan', 'p' || (n * 11) % 20),
      jsonb_build_object('name', 'Casey ' || n),
      case when (n * 17) % 20 = 0 then '[{"name": "book", "success": true}]'::jsonb else '[]' end,
      jsonb_build_object('agent_name', 'Agent', 'agent_tag', case when (n * 19) % 20 = 0 then 'beta' else 'prod' end,
        'call_cost', jsonb_build_object('combined_cost', n % 100, 'total_duration_seconds', 90,
          'product_costs', jsonb_build_array(jsonb_build_object('product', 'elevenlabs_tts', 'cost', 12.5, 'unit_price', 0.117))),
        'call_analysis', jsonb_build_object('in_voicemail', (n * 23) % 50 = 0),
        'latency', jsonb_build_object('e2e', jsonb_build_object('p50', 600 + n % 400, 'p90', 1200, 'num', 9)),
        'public_log_url', 'https://logs.example/' || md5(n::text) || '/public.log',
        'recording_url', 'https://recordings.example/' || md5(n::text) || '/recording.wav'),
      md5(n::text), ${runId}::bigint
    from generate_series(0::bigint, ${calls}::bigint - 1) as n
    cross join lateral (select to_timestamp((${firstStart}::bigint + n::bigint * ${apartMs}) / 1000.0) as started) as at
    order by n`.execute(db)
  await sql`
    insert into analyses (conversation_id, number, run_id, kept_at, current, request_hash, config_hash, agent_version, engine,
      model, outcome, fields, successful, sentiment, started_at)
    select id, 1, ${runId}::bigint, received_at, true, content_hash, 'bench', 0, '3', 'm', 'ok',
      jsonb_build_object(
        'call_summary', jsonb_build_object('value', 'The customer asks for a standing desk, and about delivery before Friday.',
          'status', 'found', 'evidence', '[]'::jsonb),
        'plan', jsonb_build_object('value', case when (n * 29) % 10 = 0 then 'Pro' else 'Basic' end, 'status', 'found',
          'evidence', '[{"turn": 1, "quote": "I want that plan."}]'::jsonb)),
      (n * 3) % 5 <> 0, case (n * 7) % 10 when 0 then 'Negative' when 1 then 'Positive' else 'Neutral' end, started_at
    from conversations, lateral (select (metadata ->> 'customer')::bigint as n) as numbered order by started_at`.execute(
    db,
  )
}
