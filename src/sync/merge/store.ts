import { sql } from 'kysely'
import { type Db, json, type Trx } from '../../db/index.ts'
import type { Merge } from '../../mapping/index.ts'

export type MergedText = { text: string; isFallback: boolean }

/** The texts that were made, of any of these merges. */
export async function mergedTexts(db: Db | Trx, hashes: readonly string[]): Promise<Map<string, MergedText>> {
  if (hashes.length === 0) return new Map()
  const rows = await db
    .selectFrom('merges')
    .select(['hash', 'text', 'is_fallback'])
    .where('hash', 'in', [...new Set(hashes)])
    .execute()
  return new Map(rows.map(({ hash, text, is_fallback }) => [hash, { text, isFallback: is_fallback }]))
}

/** The place where a merge is used. */
export type Stretch = { recordId: number; field: string; merge: Pick<Merge, 'hash' | 'conversations'> }

type MadeText = MergedText & { hash: string; model: string; runId: number }

/**
 * Keeps a text for good together with the stretches that need it: the first one that is kept under its hash counts, for
 * everybody. Returns that one. Where a conversation of it was deleted meanwhile nothing is kept, and null returned: it must not
 * outlive its conversations.
 */
export async function keepMergedText(
  trx: Trx,
  made: MadeText,
  stretches: readonly Stretch[],
): Promise<MergedText | null> {
  const { hash, text, isFallback, model, runId } = made
  const there = await lockConversations(trx, stretches)
  const living = stretches.filter(({ merge }) => merge.conversations.every((id) => there.has(id)))
  if (living.length === 0) return null
  await trx
    .insertInto('merges')
    .values({ hash, text, is_fallback: isFallback, model, run_id: runId })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute()
  await saveStretches(trx, living)
  return (await mergedTexts(trx, [hash])).get(hash) ?? null
}

/** Lets texts stay when these conversations go: what they said has been settled. Twice is safe. */
export async function leaveStretches(trx: Trx, conversationIds: readonly string[]): Promise<void> {
  const ids = [...conversationIds]
  await sql`
    update stretches
    set conversations = array(select id from unnest(conversations) as id where id <> all(${ids}::text[]))
    where conversations && ${ids}::text[]
  `.execute(trx)
}

/** Which of the conversations are there, and stay until the transaction ends. */
async function lockConversations(trx: Trx, stretches: readonly Stretch[]): Promise<Set<string>> {
  const ids = stretches.flatMap(({ merge }) => merge.conversations)
  const { rows } = await sql<{ id: string }>`
    select id from conversations where id = any(${ids}) order by id for key share`.execute(trx)
  return new Set(rows.map((row) => row.id))
}

/**
 * Notes where texts are used, each place once; not of conversations that are gone, nor of texts that went with them. What is
 * deleted meanwhile waits for it: a conversation is locked before anything that hangs on it.
 */
export async function saveStretches(trx: Trx, stretches: readonly Stretch[]): Promise<void> {
  if (stretches.length === 0) return
  const used = stretches.map(({ recordId, field, merge: { hash, conversations } }) => {
    return { hash, record_id: recordId, field, conversations }
  })
  await sql`
    with used as (
      select * from jsonb_to_recordset(${json(used)}::jsonb) as used (hash text, record_id bigint, field text, conversations text[])
      where not exists (
        select from stretches as known
        where (known.record_id, known.field, known.hash) = (used.record_id, used.field, used.hash)
          and known.conversations = used.conversations
      )
    ), there as materialized (
      select id from conversations where id in (select unnest(conversations) from used) order by id for key share
    )
    insert into stretches (hash, record_id, field, conversations)
    select hash, record_id, field, conversations from used
    where not exists (select from unnest(used.conversations) as named (id) where named.id not in (select id from there))
      and exists (select from merges where merges.hash = used.hash)`.execute(trx)
}
