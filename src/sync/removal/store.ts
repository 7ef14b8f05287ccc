import { sql } from 'kysely'
import { keyedHash, selectHashKey } from '../../contacts/index.ts'
import { isThere } from '../../conversations/index.ts'
import { type Db, json, type Trx } from '../../db/index.ts'
import { type Cutoffs, isOlder } from './cutoffs.ts'
import type { Left } from './settle-cells.ts'

/**
 * Conversations that are at work somewhere, as a condition on `conversations`: held by a run, on their way to a CRM, or taken
 * into a backfill, a rerun or a request that has not ended.
 */
const isBusy = sql<boolean>`(
  exists (
    select from contributions left join links using (conversation_id, mapping)
    where contributions.conversation_id = conversations.id
      and (contributions.state = 'held' or (contributions.state = 'pending' and links.record_id is not null))
  )
  or exists (
    select from backfill_items join backfills on backfills.id = backfill_items.backfill_id
    where backfill_items.conversation_id = conversations.id and backfills.state in ('running', 'paused', 'stopped')
  )
  or exists (select from parked_analyses where parked_analyses.conversation_id = conversations.id)
  or exists (
    select from trigger_conversations join trigger_requests on trigger_requests.id = trigger_conversations.request_id
    where trigger_conversations.conversation_id = conversations.id and trigger_requests.ended_at is null
  )
)`

/** How many conversations are older, and how many of them are at work and stay for now. */
export async function countOlder(db: Db, cutoffs: Cutoffs): Promise<{ older: number; busy: number }> {
  const { rows } = await sql<{ older: number; busy: number }>`
    select count(*)::int as older, (count(*) filter (where ${isBusy}))::int as busy
    from conversations where ${isThere} and ${isOlder(cutoffs)}`.execute(db)
  return rows[0] ?? { older: 0, busy: 0 }
}

/** The oldest conversations that are to be settled and not at work, locked until the transaction ends. */
export async function lockOlder(trx: Trx, cutoffs: Cutoffs, most: number): Promise<string[]> {
  const rows = await trx
    .selectFrom('conversations')
    .select('id')
    .where('id', 'in', ({ selectFrom }) =>
      selectFrom('conversations')
        .select('id')
        .where(isThere)
        .where(isOlder(cutoffs))
        .where(sql<boolean>`not ${isBusy}`)
        .orderBy('spoken_at')
        .orderBy('id')
        .limit(most),
    )
    .orderBy('id')
    .forUpdate()
    .skipLocked()
    .execute()
  return rows.map((row) => row.id)
}

/**
 * Holds the links of these conversations, and the runs that named them against being undone, until the transaction ends: what
 * is read of their cells stays true. Returns their records.
 */
export async function lockStanding(trx: Trx, conversationIds: readonly string[]): Promise<number[]> {
  const ids = [...conversationIds]
  const links = await trx
    .selectFrom('links')
    .select('record_id')
    .where(sql<boolean>`conversation_id = any(${ids})`)
    .orderBy('conversation_id')
    .orderBy('mapping')
    .forUpdate()
    .execute()
  await sql`
    select id from runs where id in (
      select run_id from contributions where conversation_id = any(${ids})
      union select run_id from analyses where conversation_id = any(${ids})
      union select run_id from corrections where conversation_id = any(${ids})
    ) order by id for share`.execute(trx)
  return [...new Set(links.flatMap(({ record_id }) => record_id ?? []))].sort((a, b) => a - b)
}

/** The object and the connection of each of these records. */
export async function objectsOf(db: Db, recordIds: number[]) {
  if (recordIds.length === 0) return new Map<number, { connection: string; object: string }>()
  const rows = await db
    .selectFrom('crm_records')
    .select(['id', 'connection', 'object'])
    .where('id', 'in', recordIds)
    .execute()
  return new Map(rows.map(({ id, ...of }) => [id, of]))
}

/** Stores what conversations leave in cells. Twice is safe. */
export async function saveLeft(trx: Trx, left: readonly (Left & { recordId: number })[]): Promise<void> {
  if (left.length === 0) return
  const secret = await selectHashKey(trx)
  const rows = left.map((each) => ({
    record_id: each.recordId,
    field: each.field,
    at: new Date(each.at),
    value: each.value,
    conversation_hash: keyedHash(secret, { kind: 'conversation', key: each.conversationId }),
    started_at: new Date(each.startedAt),
    place: each.place,
    rule: each.rule,
    beside: each.beside,
    releases: each.releases,
  }))
  // One parameter, however many cells: a statement takes 65,535.
  await sql`
    insert into field_events (record_id, field, kind, at, value, conversation_hash, started_at, place, rule, beside, releases)
    select record_id, field, 'settled', at, coalesce(value, 'null'), conversation_hash, started_at, place, rule, beside, releases
    from jsonb_to_recordset(${json(rows)}::jsonb) as left_of(
      record_id bigint, field text, at timestamptz, value jsonb, conversation_hash text, started_at timestamptz, place text,
      rule text, beside jsonb, releases jsonb)
    on conflict do nothing`.execute(trx)
}
