import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { type Db, json, lockUntilEnd, type Trx } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { Tag } from './tag-schema.ts'

const mostTags = 1_000
export const mostTagsPerContact = 50

/** The list of tags, in the order they were added. */
export async function listTags(db: Db | Trx): Promise<Tag[]> {
  return db.selectFrom('contact_tags').select(['id', 'label']).orderBy('place').execute()
}

/** Makes this the list of tags. What contacts are tagged with stays on them, unseen while it is not in the list. */
export async function saveTags(trx: Trx, tags: readonly Tag[]): Promise<void> {
  await lockUntilEnd(trx, tagsLock)
  await trx.deleteFrom('contact_tags').execute()
  if (tags.length > 0)
    await trx
      .insertInto('contact_tags')
      .values(tags.map(({ id, label }) => ({ id, label })))
      .execute()
}

const tagsLock = 'contacts.tags'

/** The ids of these labels; new ones are added to the list. Throws `contact.too_many_tags` (400). Twice is safe. */
export async function ensureTags(trx: Trx, labels: readonly string[]): Promise<string[]> {
  if (labels.length === 0) return []
  const wanted = [...new Set(labels.map((label) => label.trim()))]
  const known = await idsByLabel(trx, wanted)
  if (known.size === wanted.length) return wanted.map((label) => known.get(label) ?? '')
  await lockUntilEnd(trx, tagsLock)
  const missing = wanted.filter((label) => !known.has(label))
  const rows = missing.map((label) => ({ id: randomBytes(16).toString('hex'), label }))
  await trx
    .insertInto('contact_tags')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const { count } = await trx
    .selectFrom('contact_tags')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  if (count > mostTags)
    throw new AppError('contact.too_many_tags', 'skip', `there can be ${mostTags} tags at the most`, { status: 400 })
  const ids = await idsByLabel(trx, wanted)
  return wanted.map((label) => ids.get(label) ?? '')
}

/** The ids of those of these labels that are in the list. */
export async function idsByLabel(trx: Trx, labels: readonly string[]): Promise<Map<string, string>> {
  const rows = await trx
    .selectFrom('contact_tags')
    .select(['id', 'label'])
    .where(sql<boolean>`label = any(${[...labels]}::text[])`)
    .execute()
  return new Map(rows.map(({ id, label }) => [label, id]))
}

/** Which of these ids are in no list of tags. */
export async function unknownTags(trx: Trx, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await trx
    .selectFrom('contact_tags')
    .select('id')
    .where(sql<boolean>`id = any(${[...ids]}::text[])`)
    .execute()
  const known = new Set(rows.map(({ id }) => id))
  return ids.filter((id) => !known.has(id))
}

/** What of a contact is no field of rules: stored as given. What is absent stays. */
export type Extras = { id: number; memory?: string | null; tagIds?: readonly string[] }

/** Stores memory and tags of contacts that are locked; returns those that changed. */
export async function saveExtras(trx: Trx, extras: readonly Extras[], at: Date): Promise<number[]> {
  if (extras.length === 0) return []
  const rows = extras.map(({ id, memory, tagIds }) => ({
    id,
    memory: memory ?? null,
    setsMemory: memory !== undefined,
    tagIds: tagIds ?? null,
  }))
  const { rows: changed } = await sql<{ id: number }>`
    update contacts set memory = new.memory, tag_ids = new.tag_ids,
      changed_at = greatest(${at}, contacts.changed_at + interval '1 ms')
    from (
      select given.id, case when "setsMemory" then given.memory else held.memory end as memory,
        case when jsonb_typeof("tagIds") = 'array' then array(select jsonb_array_elements_text("tagIds")) else held.tag_ids end as tag_ids
      from jsonb_to_recordset(${json(rows)}::jsonb)
        as given (id bigint, memory text, "setsMemory" boolean, "tagIds" jsonb)
      join contacts as held on held.id = given.id
    ) as new
    where contacts.id = new.id
      and (contacts.memory is distinct from new.memory or contacts.tag_ids is distinct from new.tag_ids)
    returning contacts.id`.execute(trx)
  return changed.map(({ id }) => id)
}

/** The tags of contacts that are locked. */
export async function selectTagIds(trx: Trx, ids: readonly number[]): Promise<Map<number, string[]>> {
  if (ids.length === 0) return new Map()
  const rows = await trx.selectFrom('contacts').select(['id', 'tag_ids']).where('id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.id, row.tag_ids]))
}
