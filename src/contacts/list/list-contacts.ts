import { sql } from 'kysely'
import { z } from 'zod'
import { type Db, type Trx, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { type ContactCondition, storable } from '../../filters/index.ts'
import { idsByLabel } from '../tags/tag-store.ts'
import { countListed, type Position, selectListed } from './list-store.ts'
import type { ListedContact } from './listed-contact.ts'

export type ContactQuery = {
  conditions?: readonly ContactCondition[]
  /** Some text of the contact contains it, whatever the case: number, names, record id, a custom value. */
  search?: string
  /** Ids to leave out: `contact_12`. */
  except?: readonly string[]
  limit: number
  /** By the last conversation, newest first unless told. */
  order?: 'asc' | 'desc'
  /** `next` of the page before. */
  after?: string
  skip?: number
}

/** `total` is counted with the first page, and handed on from page to page. */
export type ContactPage = { items: ListedContact[]; next: string | null; total: number }

/** A search and many filters look at every contact: about 0.7 s for 100,000 of them, measured on two busy cores. */
const longestMs = 10_000

/**
 * One page of the contacts that have a number, by their last conversation; `next` leads on and stays valid while they change, but one
 * that is spoken to meanwhile moves to the front. Throws `contact.bad_page` (400) for a key that is none of ours, and
 * `contact.search_too_long` (422) for a search or filter that takes more than ten seconds.
 */
export async function listContacts(db: Db, query: ContactQuery): Promise<ContactPage> {
  const { limit, order = 'desc', skip = 0, except = [] } = query
  const search = query.search?.trim().toLowerCase()
  const asked = {
    conditions: query.conditions ?? [],
    except: except.flatMap((id) => contactIdIn(id) ?? []),
    ...(search && { search }),
  }
  const after = query.after === undefined ? null : readKey(query.after)
  const page = { limit: limit + 1, isNewestFirst: order === 'desc', after, skip }
  const { found, total } = await inTime(db, async (trx) => {
    const wanted = { ...asked, conditions: await byTagIds(trx, asked.conditions) }
    const found = await selectListed(trx, wanted, page)
    // A first page that is not full is all there is.
    const isAll = after === null && skip === 0 && found.length <= limit
    return { found, total: after?.total ?? (isAll ? found.length : await countListed(trx, wanted)) }
  })
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, next: found.length > limit && last ? keyOf(last, total) : null, total }
}

/** The number in `contact_12`; undefined where it is no such id. Pure. */
export function contactIdIn(text: string): number | undefined {
  const [, id] = /^contact_([1-9]\d{0,14})$/.exec(text) ?? []
  return id === undefined ? undefined : Number(id)
}

/** Labels as the ids that they stand for: of those PostgreSQL knows how many contacts have them, and how to go about it. */
async function byTagIds(trx: Trx, conditions: readonly ContactCondition[]): Promise<ContactCondition[]> {
  const named = conditions.map(async (condition): Promise<ContactCondition> => {
    const { field, test } = condition
    if (field !== 'tags' || test.type !== 'enum') return condition
    const value = [...(await idsByLabel(trx, test.value.map(storable))).values()]
    return { field: 'contact_tag_ids', test: { ...test, value } }
  })
  return Promise.all(named)
}

async function inTime<T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> {
  try {
    return await transact(db, async (trx) => {
      await sql`select set_config('statement_timeout', ${String(longestMs)}, true)`.execute(trx)
      return work(trx)
    })
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === '57014')) throw cause
    const message = 'this takes longer than ten seconds: narrow it by a filter on phone_number, external_id or tags'
    throw new AppError('contact.search_too_long', 'skip', message, { status: 422, cause })
  }
}

const keySchema = z.tuple([z.int(), z.int().min(1), z.int().min(0)])

function keyOf({ lastConversationAt, id }: ListedContact, total: number): string {
  return Buffer.from(JSON.stringify([lastConversationAt?.getTime() ?? 0, id, total])).toString('base64url')
}

function readKey(key: string): Position & { total: number } {
  try {
    const [lastAt, id, total] = keySchema.parse(JSON.parse(Buffer.from(key, 'base64url').toString()))
    return { lastAt: new Date(lastAt), id, total }
  } catch (cause) {
    throw new AppError('contact.bad_page', 'skip', 'the pagination_key is none that we gave', { status: 400, cause })
  }
}
