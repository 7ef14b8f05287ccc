import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Db } from '../db/index.ts'
import type { Filter } from '../filters/index.ts'
import { filterSql } from './filter-sql.ts'
import { isThere } from './removal-store.ts'
import { toConversation } from './store.ts'
import type { Conversation } from './types.ts'

export type SortOrder = 'ascending' | 'descending'
export type Position = { startedAt: Date | null; id: string }

/** Both orders run along the index (started_at desc, id), one of them backwards. */
export async function selectPage(
  db: Db,
  filter: Filter,
  page: { limit: number; order: SortOrder; after: Position | null; skip: number },
): Promise<Conversation[]> {
  const isNewestFirst = page.order === 'descending'
  let query = db
    .selectFrom('conversations')
    .selectAll()
    .where(filterSql(filter))
    .where(isThere)
    .orderBy('started_at', isNewestFirst ? 'desc' : 'asc')
    .orderBy('id', isNewestFirst ? 'asc' : 'desc')
    .limit(page.limit)
    .offset(page.skip)
  if (page.after) query = query.where(isNewestFirst ? olderThan(page.after) : newerThan(page.after))
  return (await query.execute()).map(toConversation)
}

export async function countConversations(db: Db, filter: Filter): Promise<number> {
  const { count } = await db
    .selectFrom('conversations')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(filterSql(filter))
    .where(isThere)
    .executeTakeFirstOrThrow()
  return count
}

function olderThan({ startedAt, id }: Position): RawBuilder<SqlBool> {
  return startedAt === null
    ? sql`(started_at is not null or id > ${id})`
    : sql`(started_at <= ${startedAt} and (started_at < ${startedAt} or id > ${id}))`
}

function newerThan({ startedAt, id }: Position): RawBuilder<SqlBool> {
  return startedAt === null
    ? sql`(started_at is null and id < ${id})`
    : sql`(started_at is null or (started_at >= ${startedAt} and (started_at > ${startedAt} or id < ${id})))`
}
