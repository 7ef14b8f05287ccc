import { sql } from 'kysely'
import { type Db, json, type Trx } from '../../db/index.ts'
import type { ActivityCounts, StoredActivity } from './types.ts'

/** The activities on these records, and those of these conversations wherever they hang; of one connection. */
export async function activitiesOf(
  db: Db,
  connection: string,
  of: { recordIds: readonly number[]; conversationIds: readonly string[] },
): Promise<StoredActivity[]> {
  const { rows } = await sql<StoredActivity>`
    select activities.id, activities.conversation_id as "conversationId", activities.mapping,
      activities.record_id as "recordId", crm_records.external_id as "recordExternalId", activities.kind, activities.key,
      activities.external_id as "externalId", body_hash as "bodyHash", attempted_at as "attemptedAt", gone,
      refused_hash as "refusedHash", refused_at as "refusedAt",
      coalesce(conversations.sealed_until is null and conversations.id is not null, false) as "isThere",
      links.record_id as "linkedTo"
    from activities
    join crm_records on crm_records.id = activities.record_id
    left join conversations on conversations.id = activities.conversation_id
    left join links on links.conversation_id = activities.conversation_id and links.mapping = activities.mapping
    where activities.connection = ${connection} and (
      activities.record_id = any(${[...of.recordIds]}::bigint[])
      or activities.conversation_id = any(${[...of.conversationIds]}::text[])
    )`.execute(db)
  return rows
}

export type Claim = {
  conversationId: string
  connection: string
  mapping: string
  recordId: number
  kind: string
  key: string
  /** ISO; null where a key makes the creation repeatable. */
  attemptedAt: string | null
}

/**
 * Notes, before anything is sent, that these activities are about to be created. Returns the keys of those that may be: another
 * attempt that is as young as `sinceAt` has to be waited for. Who is deleted meanwhile is not created. One that may have been created
 * stays noted where it was: there it is looked for.
 */
export async function claimActivities(trx: Trx, claims: readonly Claim[], sinceAt: Date): Promise<Set<string>> {
  if (claims.length === 0) return new Set()
  const { rows } = await sql<{ key: string }>`
    insert into activities (conversation_id, connection, mapping, record_id, kind, key, attempted_at)
    select conversations.id, claim.connection, claim.mapping, claim."recordId", claim.kind, claim.key, claim."attemptedAt"
    from jsonb_to_recordset(${json(claims)}::jsonb) as claim (
      "conversationId" text, connection text, mapping text, "recordId" bigint, kind text, key text, "attemptedAt" timestamptz)
    join conversations on conversations.id = claim."conversationId" and conversations.sealed_until is null
    order by conversations.id
    for key share of conversations
    on conflict (connection, key) do update set
      conversation_id = excluded.conversation_id, mapping = excluded.mapping,
      attempted_at = coalesce(excluded.attempted_at, activities.attempted_at)
      where activities.external_id is null and (activities.attempted_at is null or activities.attempted_at <= ${sinceAt})
    returning key`.execute(trx)
  return new Set(rows.map((row) => row.key))
}

/** An activity after it was written, or was to be. Times are ISO. */
export type Outcome = {
  key: string
  connection: string
  mapping: string
  recordId: number
  externalId: string | null
  bodyHash: string | null
  attemptedAt: string | null
  gone: boolean
  refusedHash: string | null
  refusedAt: string | null
  refusedCode: string | null
  reason: string | null
}

export async function saveActivities(trx: Trx, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return
  await sql`
    update activities set mapping = after.mapping, record_id = after."recordId", external_id = after."externalId",
      body_hash = after."bodyHash", attempted_at = after."attemptedAt", gone = after.gone,
      refused_hash = after."refusedHash", refused_at = after."refusedAt",
      refused_code = after."refusedCode", reason = after.reason
    from jsonb_to_recordset(${json(outcomes)}::jsonb) as after (
      key text, connection text, mapping text, "recordId" bigint, "externalId" text, "bodyHash" text,
      "attemptedAt" timestamptz, gone boolean, "refusedHash" text, "refusedAt" timestamptz,
      "refusedCode" text, reason text)
    where activities.connection = after.connection and activities.key = after.key`.execute(trx)
}

/** Activities that are no more. */
export async function dropActivities(trx: Trx, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await sql`delete from activities where id = any(${[...ids]}::bigint[])`.execute(trx)
}

/** Leaves the activities of these conversations where they are, for good: we no longer know of them. */
export async function forgetActivities(trx: Trx, conversationIds: readonly string[]): Promise<void> {
  await sql`delete from activities where conversation_id = any(${[...conversationIds]})`.execute(trx)
}

/** After a merge the CRM has moved them: they hang on the survivor. */
export async function moveActivities(trx: Trx, from: number, to: number): Promise<void> {
  await trx.updateTable('activities').set({ record_id: to }).where('record_id', '=', from).execute()
}

/**
 * After a conversion the CRM has hung them on what the lead became (`into`), and they follow the link that their conversation has
 * to such a record; of a conversation without one they stay where they were. Returns the records that they are linked to.
 */
export async function convertActivities(
  trx: Trx,
  {
    connection,
    object,
    pairs,
  }: { connection: string; object: string; pairs: readonly { from: number; into: number }[] },
): Promise<number[]> {
  const { rows } = await sql<{ recordId: number }>`
    with converted as (
      select distinct on (activities.id) activities.id, pair.into, other.mapping, other.record_id
      from jsonb_to_recordset(${json(pairs)}::jsonb) as pair ("from" bigint, "into" bigint)
      join activities on activities.record_id = pair."from" and activities.connection = ${connection}
      join links as other on other.conversation_id = activities.conversation_id and other.connection = ${connection}
        and other.object = ${object} and other.state = 'matched'
      order by activities.id, other.record_id <> pair.into, other.mapping
    )
    update activities set record_id = converted.into, mapping = converted.mapping
    from converted where activities.id = converted.id
    returning converted.record_id as "recordId"`.execute(trx)
  return rows.map((row) => row.recordId)
}

export type Wrote = {
  runId: number
  conversationId: string
  connection: string
  action: 'created' | 'updated' | 'removed'
}

/** What a run created stays created, however often it is written after that. */
export async function noteWrites(trx: Trx, writes: readonly Wrote[]): Promise<void> {
  if (writes.length === 0) return
  await sql`
    insert into activity_writes (run_id, conversation_id, connection, action)
    select wrote."runId", conversations.id, wrote.connection, wrote.action
    from jsonb_to_recordset(${json(writes)}::jsonb) as wrote ("runId" bigint, "conversationId" text, connection text, action text)
    join conversations on conversations.id = wrote."conversationId"
    order by 1, 3, 2
    on conflict (run_id, connection, conversation_id) do update set at = now(),
      action = case when activity_writes.action = 'created' and excluded.action = 'updated' then 'created' else excluded.action end
  `.execute(trx)
}

/** What a run has done to activities, per connection; `refused`: those of its conversations that the CRM does not take as they are now. */
export async function activityCounts(db: Db, runId: number): Promise<({ connection: string } & ActivityCounts)[]> {
  const { rows } = await sql<{ connection: string } & ActivityCounts>`
    select connection,
      (count(*) filter (where action = 'created'))::int as created,
      (count(*) filter (where action = 'updated'))::int as updated,
      (count(*) filter (where action = 'removed'))::int as removed,
      (count(*) filter (where action = 'refused'))::int as refused
    from (
      select connection, action from activity_writes where run_id = ${runId}
      union all
      select activities.connection, 'refused' from activities
      join contributions using (conversation_id, mapping)
      where contributions.run_id = ${runId} and refused_at is not null
    ) as told
    group by connection`.execute(db)
  return rows
}

export type Refusals = { code: string; kind: 'call' | 'chat'; count: number; example: string; since: Date }

/** What a CRM does not take as it is now, by its reason, the most frequent first; `example` is a conversation. */
export async function refusalsOf(db: Db, connection: string): Promise<Refusals[]> {
  const { rows } = await sql<Refusals>`
    select refused_code as code, kind, count(*)::int as count, min(conversation_id) as example, min(refused_at) as since
    from activities where connection = ${connection} and refused_at is not null and conversation_id is not null
    group by 1, 2 order by count desc, 1, 2`.execute(db)
  return rows
}
