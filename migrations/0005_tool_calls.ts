import { type Kysely, sql } from 'kysely'

/**
 * The tools that a conversation called, beside it rather than in its transcript: filters ask for them, and so does the fold,
 * which reads no transcript. What is stored already gets them from its transcript.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table conversations add column tool_calls jsonb not null default '[]'`.execute(db)
  await sql`
    update conversations set tool_calls = made.calls
    from (
      select transcripts.conversation_id, jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'name', asked.turn -> 'name',
        'type', case jsonb_typeof(asked.turn -> 'extra' -> 'type') when 'string' then asked.turn -> 'extra' -> 'type' end,
        'success', case jsonb_typeof(given.turn -> 'extra' -> 'successful')
          when 'boolean' then given.turn -> 'extra' -> 'successful' end,
        'latency_ms', case when given.turn ->> 'at' is not null and asked.turn ->> 'at' is not null
          then greatest(0, (given.turn ->> 'at')::float8 - (asked.turn ->> 'at')::float8) end
      )) order by asked.number) as calls
      from transcripts
      cross join jsonb_array_elements(transcripts.turns) with ordinality as asked (turn, number)
      left join lateral (
        select result.turn from jsonb_array_elements(transcripts.turns) with ordinality as result (turn, number)
        where result.turn ->> 'role' = 'tool_call_result'
          and result.turn -> 'extra' -> 'tool_call_id' = asked.turn -> 'extra' -> 'tool_call_id'
        order by result.number desc limit 1
      ) as given on true
      where asked.turn ->> 'role' = 'tool_call_invocation'
      group by transcripts.conversation_id
    ) as made
    where made.conversation_id = conversations.id`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table conversations drop column tool_calls`.execute(db)
}
