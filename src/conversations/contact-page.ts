import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { isThere } from './removal-store.ts'
import { toConversation } from './store.ts'
import type { Conversation } from './types.ts'

/**
 * One page of the conversations of a contact, calls and chats, by their start, newest first; one without a start by its last word.
 * `next` leads on. Throws `conversation.bad_page` (400) for a key that is none of ours.
 */
export async function pageOfContact(
  db: Db,
  { contactId, limit, after }: { contactId: number; limit: number; after?: string },
): Promise<{ items: Conversation[]; next: string | null }> {
  const at = sql<Date>`coalesce(started_at, spoken_at)`
  let query = db
    .selectFrom('conversations')
    .selectAll()
    .where('contact_id', '=', contactId)
    .where(isThere)
    .orderBy(at, 'desc')
    .orderBy('id')
    .limit(limit + 1)
  if (after !== undefined) {
    const [time, id] = readKey(after)
    const from = new Date(time)
    query = query.where(sql<boolean>`${at} <= ${from} and (${at} < ${from} or id > ${id})`)
  }
  const found = (await query.execute()).map(toConversation)
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, next: found.length > limit && last ? keyOf(last) : null }
}

const keySchema = z.tuple([z.int(), z.string().max(200)])

function keyOf({ startedAt, spokenAt, id }: Conversation): string {
  return Buffer.from(JSON.stringify([(startedAt ?? spokenAt).getTime(), id])).toString('base64url')
}

function readKey(key: string): [number, string] {
  try {
    return keySchema.parse(JSON.parse(Buffer.from(key, 'base64url').toString()))
  } catch (cause) {
    const message = 'the pagination_key is none that we gave'
    throw new AppError('conversation.bad_page', 'skip', message, { status: 400, cause })
  }
}
