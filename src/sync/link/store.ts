import { sql } from 'kysely'
import type { Db, Trx } from '../../db/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import type { Match } from './match-conversation.ts'

/** The links of these conversations under one mapping, those that found nobody included. */
export async function linkedAlready(db: Db, mapping: string, conversationIds: string[]): Promise<Map<string, Match>> {
  if (conversationIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('links')
    .select(['conversation_id', 'state', 'record_id', 'step', 'candidates'])
    .where('mapping', '=', mapping)
    .where('conversation_id', 'in', conversationIds)
    .execute()
  return new Map(rows.map((row) => [row.conversation_id, toMatch(row)]))
}

function toMatch(row: { state: string; record_id: number | null; step: string | null; candidates: number[] }): Match {
  const step = row.step ?? ''
  if (row.record_id !== null) return { state: 'matched', recordId: row.record_id, step }
  // pg reads bigint[] as text
  if (row.state === 'parked') return { state: 'parked', candidates: row.candidates.map(Number), step }
  return step === byPerson ? { state: 'none', step } : { state: 'none' }
}

/** The step of a link that a person made, or unmade. */
export const byPerson = 'person'

/** Writes links; one that is matched already is left alone, whoever made it, and so is what a person has said. */
export async function saveLinks(
  trx: Trx,
  mapping: Mapping,
  links: readonly { conversationId: string; match: Match }[],
): Promise<void> {
  const rows = links
    .map(({ conversationId, match }) => ({
      conversation_id: conversationId,
      mapping: mapping.name,
      connection: mapping.connection,
      object: mapping.object,
      state: match.state,
      record_id: match.state === 'matched' ? match.recordId : null,
      step: match.state === 'none' ? null : match.step,
      candidates: match.state === 'parked' ? match.candidates : [],
    }))
    .sort((a, b) => (a.conversation_id < b.conversation_id ? -1 : 1))
  await trx
    .insertInto('links')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['conversation_id', 'mapping'])
        .doUpdateSet((eb) => ({
          state: eb.ref('excluded.state'),
          record_id: eb.ref('excluded.record_id'),
          step: eb.ref('excluded.step'),
          candidates: eb.ref('excluded.candidates'),
          // Tried again to no other end, it stands since it first did.
          made_at: sql<Date>`case when (links.state, links.candidates) = (excluded.state, excluded.candidates)
            then links.made_at else now() end`,
        }))
        .where('links.state', '<>', 'matched')
        .where('links.resolved_by', 'is', null),
    )
    .execute()
}

/**
 * Which of our own contacts these conversations are with, as records of this connection: the contact whose number they have,
 * and without a number whoever the CRM records are that they are linked to.
 */
export async function recordsOfContacts(
  db: Db,
  { connection, object, conversationIds }: { connection: string; object: string; conversationIds: string[] },
): Promise<[conversationId: string, recordId: number][]> {
  const { rows } = await sql<{ conversationId: string; recordId: number }>`
    with asked as (
      select id, contact_id from conversations where id = any(${conversationIds}::text[])
    ), known as (
      select id, contact_id from asked where contact_id is not null
      union
      select asked.id, linked.contact_id
      from asked
      join links on links.conversation_id = asked.id and links.connection <> ${connection}
      join crm_records as linked on linked.id = links.record_id
      where asked.contact_id is null and linked.contact_id is not null
    )
    select known.id as "conversationId", record.id as "recordId"
    from known
    join crm_records as record on record.contact_id = known.contact_id
    where record.connection = ${connection} and record.object = ${object}
      and record.merged_into is null and record.gone_at is null
    order by record.id
  `.execute(db)
  return rows.map(({ conversationId, recordId }) => [conversationId, recordId])
}

/**
 * Conversations whose link found nobody or too many and that may name one of these records, by a number, an e-mail or its id,
 * with the mapping the link belongs to. A few too many: what they say is compared roughly, the match decides.
 */
export async function unlinkedOf(
  db: Db,
  connection: string,
  recordIds: number[],
): Promise<{ conversationId: string; mapping: string }[]> {
  const { rows } = await sql<{ conversationId: string; mapping: string }>`
    with keys as (
      select kind, key from crm_record_keys where record_id = any(${recordIds}::bigint[])
      union
      select 'id', external_id from crm_records where id = any(${recordIds}::bigint[])
    )
    select links.conversation_id as "conversationId", links.mapping
    from links
    join conversations on conversations.id = links.conversation_id
    where links.connection = ${connection} and links.state <> 'matched' and links.resolved_by is null and (
      conversations.contact_number in (select key from keys where kind = 'number')
      or exists (
        select
        from jsonb_path_query(conversations.metadata, '$.**') as node
        cross join lateral (select btrim(node #>> '{}') as text) as said
        where jsonb_typeof(node) in ('string', 'number') and (
          said.text in (select key from keys) or lower(said.text) in (select key from keys)
          or said.text in (select left(key, 15) from keys where kind = 'id')
          or right(regexp_replace(said.text, '\\D', '', 'g'), 7) in (select right(key, 7) from keys where kind = 'number')
        )
      )
    )
  `.execute(db)
  return rows
}
