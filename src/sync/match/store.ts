import { sql } from 'kysely'
import type { Trx } from '../../db/index.ts'
import { byPerson } from '../link/store.ts'

/** A link as a person's word finds it. */
export type StandingLink = {
  conversationId: string
  mapping: string
  connection: string
  state: 'matched' | 'none' | 'parked'
  recordId: number | null
  resolvedBy: number | null
}

export type Place = { conversationId: string; mapping: string }

/** Takes these conversations one at a time, as whoever lets them speak does. */
export async function lockConversations(trx: Trx, conversationIds: string[]): Promise<void> {
  await sql`select from conversations where id = any(${conversationIds}::text[]) order by id for no key update`.execute(
    trx,
  )
}

/** The record as it is now, kept from being merged away until the transaction ends; undefined where it is gone. */
export async function holdRecord(trx: Trx, recordId: number): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from crm_records
    where id = (select coalesce(merged_into, id) from crm_records where id = ${recordId}) and gone_at is null and merged_into is null
    for share
  `.execute(trx)
  return rows[0]?.id
}

/** Parked conversations with the same number as this one, under these mappings. */
export async function parkedOfNumber(trx: Trx, number: string, mappings: string[]): Promise<string[]> {
  const rows = await trx
    .selectFrom('links')
    .innerJoin('conversations', 'conversations.id', 'links.conversation_id')
    .select('conversation_id')
    .distinct()
    .where('contact_number', '=', number)
    .where('mapping', 'in', mappings)
    .where('state', '=', 'parked')
    .execute()
  return rows.map((row) => row.conversation_id)
}

/** The links at these places, locked until the transaction ends. */
export async function lockLinks(trx: Trx, conversationIds: string[], mappings: string[]): Promise<StandingLink[]> {
  const rows = await trx
    .selectFrom('links')
    .select(['conversation_id', 'mapping', 'connection', 'state', 'record_id', 'resolved_by'])
    .where(sql<boolean>`conversation_id = any(${conversationIds}::text[])`)
    .where(sql<boolean>`mapping = any(${mappings}::text[])`)
    .orderBy('conversation_id')
    .orderBy('mapping')
    .forUpdate()
    .execute()
  return rows.map((row) => ({
    conversationId: row.conversation_id,
    mapping: row.mapping,
    connection: row.connection,
    state: row.state,
    recordId: row.record_id,
    resolvedBy: row.resolved_by,
  }))
}

/** A person's word on these links: what the steps had found is put aside, once, and comes back when no such word is left. */
export async function overrule(
  trx: Trx,
  { runId, recordId, links }: { runId: number; recordId: number | null; links: readonly Place[] },
): Promise<void> {
  await putAside(trx, links)
  const [ids, mappings] = columnsOf(links)
  await sql`
    insert into resolutions (run_id, conversation_id, mapping, record_id)
    select ${runId}::bigint, conversation_id, mapping, ${recordId}::bigint
    from unnest(${ids}::text[], ${mappings}::text[]) as chosen (conversation_id, mapping)
  `.execute(trx)
  await sql`
    update links set state = ${recordId === null ? 'none' : 'matched'}, record_id = ${recordId}::bigint, step = ${byPerson},
      candidates = '{}', made_at = now(), resolved_by = ${runId}::bigint
    from unnest(${ids}::text[], ${mappings}::text[]) as chosen (conversation_id, mapping)
    where links.conversation_id = chosen.conversation_id and links.mapping = chosen.mapping
  `.execute(trx)
}

/** Keeps what the steps had found of these links, where it stands; what they find no more does not replace what they had found. */
export async function putAside(trx: Trx, links: readonly Place[]): Promise<void> {
  const [ids, mappings] = columnsOf(links)
  await sql`
    insert into overruled_links (conversation_id, mapping, state, record_id, step, candidates, made_at)
    select conversation_id, mapping, state, record_id, step, candidates, made_at
    from links join unnest(${ids}::text[], ${mappings}::text[]) as chosen (conversation_id, mapping) using (conversation_id, mapping)
    where resolved_by is null
    on conflict (conversation_id, mapping) do update set state = excluded.state, record_id = excluded.record_id,
      step = excluded.step, candidates = excluded.candidates, made_at = excluded.made_at
      where excluded.state <> 'none'
  `.execute(trx)
}

/** The links that a run spoke of; of an undo, those of the run at the end of what it undoes. */
export async function placesOf(trx: Trx, runId: number): Promise<Place[]> {
  const { rows } = await sql<Place>`
    with recursive chain as (
      select id, undoes from runs where id = ${runId}
      union
      select runs.id, runs.undoes from runs join chain on runs.id = chain.undoes
    )
    select conversation_id as "conversationId", mapping from resolutions join chain on chain.id = resolutions.run_id
  `.execute(trx)
  return rows
}

/** Links without a word in force that a person's word, or what the steps had found, gives to one of these records: it was gone. */
export async function placesOfRecords(trx: Trx, recordIds: readonly number[]): Promise<Place[]> {
  const { rows } = await sql<Place>`
    with given as (
      select conversation_id, mapping, record_id from resolutions
      union
      select conversation_id, mapping, record_id from overruled_links
    )
    select distinct links.conversation_id as "conversationId", links.mapping
    from given
    join crm_records as record on record.id = given.record_id
    join links using (conversation_id, mapping)
    where coalesce(record.merged_into, record.id) = any(${[...recordIds]}::bigint[]) and links.resolved_by is null
      and links.record_id is distinct from coalesce(record.merged_into, record.id)
  `.execute(trx)
  return rows
}

/**
 * Sets these links to what the newest word in force says of them, or back to what the steps had found where there is none.
 * Records that were merged answer as what they became; a word or a find whose record is gone is none.
 */
export async function settleLinks(trx: Trx, links: readonly Place[]): Promise<void> {
  const [ids, mappings] = columnsOf(links)
  await putAside(trx, links)
  const chosen = sql`unnest(${ids}::text[], ${mappings}::text[]) as chosen (conversation_id, mapping)`
  await sql`
    with words as (
      select distinct on (conversation_id, mapping) conversation_id, mapping, run_id, now.id as record_id
      from resolutions
      join ${chosen} using (conversation_id, mapping)
      join runs on runs.id = resolutions.run_id and runs.undone_by is null
      left join crm_records as asked on asked.id = resolutions.record_id
      left join crm_records as now on now.id = coalesce(asked.merged_into, asked.id) and now.gone_at is null
      where resolutions.record_id is null or now.id is not null
      order by conversation_id, mapping, run_id desc
    ), found as (
      select overruled_links.*, now.id as now_id
      from overruled_links
      join ${chosen} using (conversation_id, mapping)
      left join crm_records as asked on asked.id = overruled_links.record_id
      left join crm_records as now on now.id = coalesce(asked.merged_into, asked.id) and now.gone_at is null
    ), due as (
      select found.conversation_id, found.mapping, words.run_id,
        case when words.run_id is not null then words.record_id else found.now_id end as record_id,
        case when words.run_id is not null then (case when words.record_id is null then 'none' else 'matched' end)
          when found.state = 'matched' and found.now_id is null then 'none' else found.state end as state,
        case when words.run_id is not null then ${byPerson}::text
          when found.state = 'matched' and found.now_id is null then null else found.step end as step,
        case when words.run_id is not null then '{}'::bigint[] else found.candidates end as candidates,
        case when words.run_id is not null then clock_timestamp() else found.made_at end as made_at
      from found left join words using (conversation_id, mapping)
    )
    update links set state = due.state, record_id = due.record_id, step = due.step, candidates = due.candidates,
      made_at = due.made_at, resolved_by = due.run_id
    from due
    where links.conversation_id = due.conversation_id and links.mapping = due.mapping
      and (links.resolved_by is distinct from due.run_id or links.record_id is distinct from due.record_id)
  `.execute(trx)
  await sql`
    delete from overruled_links using links, ${chosen}
    where overruled_links.conversation_id = chosen.conversation_id and overruled_links.mapping = chosen.mapping
      and links.conversation_id = chosen.conversation_id and links.mapping = chosen.mapping and links.resolved_by is null
      and (overruled_links.state <> 'matched' or links.state = 'matched')
  `.execute(trx)
}

function columnsOf(links: readonly Place[]): [ids: string[], mappings: string[]] {
  return [links.map((link) => link.conversationId), links.map((link) => link.mapping)]
}
