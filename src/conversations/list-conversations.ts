import { z } from 'zod'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Filter } from '../filters/index.ts'
import { countConversations, type Position, type SortOrder, selectPage } from './list-store.ts'
import type { Conversation } from './types.ts'

export type PageRequest = {
  /** From 1 on; one more is read to know whether there are more. */
  limit: number
  /** By start, newest first unless told. Those without a start count as newest. */
  order?: SortOrder
  /** `next` of the page before. */
  after?: string
  skip?: number
  includeTotal?: boolean
}

export type ConversationPage = { items: Conversation[]; next: string | null; total: number | null }

/**
 * One page of the conversations that pass a filter, without transcripts. `next` leads on and stays valid while
 * conversations come in. Throws `conversation.bad_page` (400) for a cursor that is none of ours.
 */
export async function listConversations(db: Db, filter: Filter, page: PageRequest): Promise<ConversationPage> {
  const { limit, order = 'descending', skip = 0, includeTotal = false } = page
  const after = page.after === undefined ? null : readCursor(page.after)
  const items = await selectPage(db, filter, { limit: limit + 1, order, after, skip })
  const shown = items.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown,
    next: items.length > limit && last ? cursorOf(last) : null,
    total: includeTotal ? await countConversations(db, filter) : null,
  }
}

const positionSchema = z.tuple([z.int().nullable(), z.string().max(200)])

function cursorOf({ startedAt, id }: Conversation): string {
  return Buffer.from(JSON.stringify([startedAt?.getTime() ?? null, id])).toString('base64url')
}

function readCursor(cursor: string): Position {
  try {
    const [startedAt, id] = positionSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    return { startedAt: startedAt === null ? null : new Date(startedAt), id }
  } catch (cause) {
    throw new AppError('conversation.bad_page', 'skip', 'the pagination key is none that we gave', {
      status: 400,
      cause,
    })
  }
}
