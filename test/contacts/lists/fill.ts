import { sql } from 'kysely'
import type { Db } from '../../../src/db/index.ts'

export const firstTalk = Date.parse('2025-01-01T00:00:00Z')
/** The contact who has most to say, and how many conversations. */
export const regular = { id: 77, talks: 2_000 }

/**
 * So many contacts by plain SQL, each but the last tenth with a conversation, a minute apart in an order that is none of theirs. Half of
 * them have a record in a CRM, by their link or by their number.
 */
export async function fillWithContacts(db: Db, contacts: number): Promise<void> {
  await db.connection().execute(async (session) => {
    // What the triggers would count is counted here; rows that fit each other need no look at each reference.
    await sql`set session_replication_role = replica`.execute(session)
    await insertPeople(session, contacts)
    await insertRecords(session, contacts)
    await insertTalks(session)
    await sql`reset session_replication_role`.execute(session)
  })
  await sql`vacuum (analyze) contacts, contact_counts, contact_tags, crm_records, crm_record_keys, conversations, analyses`.execute(
    db,
  )
}

async function insertPeople(db: Db, contacts: number): Promise<void> {
  await sql`
    insert into contacts (number, first_name, last_name, email, do_not_call, tag_ids, fields)
    select '+1415' || lpad(n::text, 7, '0'), 'Casey', 'Person ' || n, 'person' || n || '@example.com', n % 1000 = 0,
      case when n % 50 = 0 then array[repeat('1', 32)] when n % 3 = 0 then array[repeat('2', 32)] else '{}' end,
      jsonb_build_object('plan_wanted', 'plan ' || n % 40, 'budget', n % 500, 'note', md5(n::text))
    from generate_series(1, ${contacts}::int) as n`.execute(db)
  await sql`insert into contact_tags (id, label) values (repeat('1', 32), 'Fair'), (repeat('2', 32), 'Lead')`.execute(
    db,
  )
  await sql`
    insert into contact_counts (contact_id, conversations, last_at)
    select id, case when id % 10 = 0 then 0 else 1 end, case when id % 10 = 0 then 'epoch'
      else to_timestamp((${firstTalk}::bigint + (id * 7919) % ${contacts}::bigint * 60000) / 1000.0) end
    from contacts`.execute(db)
}

async function insertRecords(db: Db, contacts: number): Promise<void> {
  await sql`insert into connections (name, kind) values ('main', 'hubspot')`.execute(db)
  await sql`
    insert into crm_records (connection, object, external_id, contact_id)
    select 'main', 'contacts', n::text, case when n % 4 = 0 then n end from generate_series(1, ${contacts}::int) as n
    where n / 3 % 2 = 0`.execute(db)
  await sql`
    insert into crm_record_keys (record_id, connection, object, kind, key, property)
    select id, 'main', 'contacts', 'number', '+1415' || lpad(external_id, 7, '0'), 'phone' from crm_records`.execute(db)
}

async function insertTalks(db: Db): Promise<void> {
  await sql`insert into agents (id, kind, name) values ('agent_1', 'call', 'Agent')`.execute(db)
  const { rows } = await sql<{ id: number }>`
    insert into runs (kind, actor, reason) values ('intake', 'cli:test', 'plans') returning id`.execute(db)
  await sql`
    insert into conversations (id, kind, agent_id, type, status, contact_number, contact_id, started_at, spoken_at, content_hash,
      intake_run_id)
    select 'call_' || contact_id || '_' || nth, 'call', 'agent_1', 'phone_call', 'ended',
      '+1415' || lpad(contact_id::text, 7, '0'), contact_id, at, at, md5(contact_id::text || nth), ${rows[0]?.id}::bigint
    from contact_counts
    cross join generate_series(1, case when contact_id = ${regular.id} then ${regular.talks}::int else 1 end) as nth
    cross join lateral (select last_at - nth * interval '1 minute' as at) as began
    where conversations > 0`.execute(db)
  await sql`insert into analysis_configs (hash, config) values ('test', '{"items":[],"model":"m"}')`.execute(db)
  await sql`
    insert into analyses (conversation_id, number, run_id, kept_at, current, request_hash, config_hash, agent_version, engine, model,
      outcome, fields, started_at)
    select id, 1, ${rows[0]?.id}::bigint, received_at, true, content_hash, 'test', 0, '3', 'm', 'ok', '{}', started_at
    from conversations`.execute(db)
}
