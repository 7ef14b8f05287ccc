import { type SqlBool, sql } from 'kysely'
import { type Forgettable, insertForgotten, selectForgotten } from '../contacts/index.ts'
import type { Trx } from '../db/index.ts'
import type { Accepted } from './accept-retell.ts'
import { keysOfPerson } from './keys-of-person.ts'

/** A conversation that is not deleted, as a condition on `conversations`: every read of it by anybody bears it. */
export const isThere = sql<SqlBool>`conversations.sealed_until is null`

/**
 * Which of these are not to be stored: deleted or settled ones, and those of people who were erased. Those that are here are
 * held until the transaction ends.
 */
export async function selectDropped(trx: Trx, accepted: readonly Accepted[]): Promise<Set<string>> {
  const ids = accepted.map((each) => each.conversation.id)
  const keysOf = ({ conversation }: Accepted): Forgettable[] => [
    { kind: 'conversation', key: conversation.id },
    ...keysOfPerson(conversation),
  ]
  // Held first: whoever is removing one of them is waited for, and only then what is forgotten tells of it.
  const held = await trx
    .selectFrom('conversations')
    .select(['id', 'sealed_until'])
    .where(sql<boolean>`id = any(${ids})`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  const sealed = held.filter((row) => row.sealed_until !== null)
  const isForgotten = await selectForgotten(trx, accepted.flatMap(keysOf))
  const forgotten = accepted.filter((each) => keysOf(each).some(isForgotten)).map((each) => each.conversation.id)
  return new Set([...forgotten, ...sealed.map((row) => row.id)])
}

export async function isForgottenConversation(trx: Trx, id: string): Promise<boolean> {
  const asked: Forgettable = { kind: 'conversation', key: id }
  return (await selectForgotten(trx, [asked]))(asked)
}

export async function lockConversation(
  trx: Trx,
  id: string,
): Promise<{ kind: 'call' | 'chat'; sealedUntil: Date | null } | undefined> {
  const row = await trx
    .selectFrom('conversations')
    .select(['kind', 'sealed_until'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row && { kind: row.kind, sealedUntil: row.sealed_until }
}

export async function insertDeletion(trx: Trx, deletion: { runId: number; id: string; until: Date }): Promise<void> {
  const { runId, id, until } = deletion
  await trx.insertInto('deletions').values({ run_id: runId, conversation_id: id, until }).execute()
}

/** The newest run in force that deleted a conversation. */
export async function selectDeletedBy(trx: Trx, id: string): Promise<number | null> {
  const { run_id } = await trx
    .selectFrom('deletions')
    .innerJoin('runs', 'runs.id', 'deletions.run_id')
    .select((eb) => eb.fn.max('deletions.run_id').as('run_id'))
    .where('deletions.conversation_id', '=', id)
    .where('runs.undone_by', 'is', null)
    .executeTakeFirstOrThrow()
  return run_id
}

/** What a run deleted; undefined where it is no deletion. The conversation is null once its grace has ended. */
export async function selectDeletion(
  trx: Trx,
  runId: number,
): Promise<{ conversationId: string | null; until: Date } | undefined> {
  const row = await trx
    .selectFrom('deletions')
    .select(['conversation_id', 'until'])
    .where('run_id', '=', runId)
    .executeTakeFirst()
  return row && { conversationId: row.conversation_id, until: row.until }
}

/** A conversation is sealed as long as a run not undone has deleted it. */
export async function sealAsDeleted(trx: Trx, id: string): Promise<void> {
  await sql`
    update conversations set sealed_until = (
      select max(deletions.until) from deletions join runs on runs.id = deletions.run_id
      where deletions.conversation_id = conversations.id and runs.undone_by is null
    )
    where id = ${id}`.execute(trx)
}

/** Deleted conversations whose grace has ended, locked until the transaction ends. */
export async function lockDeleted(trx: Trx, now: Date, most: number): Promise<string[]> {
  const rows = await trx
    .selectFrom('conversations')
    .select('id')
    .where('sealed_until', '<=', now)
    .orderBy('id')
    .limit(most)
    .forUpdate()
    .skipLocked()
    .execute()
  return rows.map((row) => row.id)
}

/**
 * Removes conversations for good, and with them everything that hangs on them; a keyed hash of each id stays, so that none is
 * taken in again. Twice is safe.
 */
export async function forgetConversations(trx: Trx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await insertForgotten(
    trx,
    ids.map((key) => ({ kind: 'conversation', key })),
  )
  await trx
    .deleteFrom('conversations')
    .where(sql<boolean>`id = any(${[...ids]})`)
    .execute()
}

/** Conversations of nobody's number whose metadata or variables may name one of these; a few too many. */
async function selectNaming(trx: Trx, keys: readonly Forgettable[]) {
  const emails = keys.flatMap(({ kind, key }) => (kind === 'email' ? [key] : []))
  const digits = keys.flatMap(({ kind, key }) => (kind === 'number' ? [key.replace('+', '')] : []))
  const { rows } = await sql<{
    id: string
    contactNumber: null
    metadata: Record<string, unknown>
    variables: Record<string, unknown>
  }>`
    select id, null as "contactNumber", metadata, variables from conversations
    cross join lateral (select metadata::text || variables::text as text) as said
    where contact_id is null and (
      exists (select from unnest(${emails}::text[]) as email where strpos(lower(said.text), email) > 0)
      or exists (
        select from unnest(${digits}::text[]) as digits
        where strpos(regexp_replace(said.text, '\\D', '', 'g'), digits) > 0
      )
    )`.execute(trx)
  return rows
}

/** Conversations of nobody's number that name one of these, deleted ones too. */
export async function conversationsNaming(trx: Trx, keys: readonly Forgettable[]): Promise<string[]> {
  if (keys.length === 0) return []
  const wanted = new Set(keys.map(({ kind, key }) => `${kind} ${key}`))
  const isNamed = ({ kind, key }: Forgettable) => wanted.has(`${kind} ${key}`)
  return (await selectNaming(trx, keys)).flatMap((each) => (keysOfPerson(each).some(isNamed) ? [each.id] : []))
}

/** Conversations of a contact, deleted ones too. */
export async function conversationsOf(trx: Trx, contactId: number): Promise<string[]> {
  const rows = await trx.selectFrom('conversations').select('id').where('contact_id', '=', contactId).execute()
  return rows.map((row) => row.id)
}
