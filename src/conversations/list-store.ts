import { type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely'
import type { Database, Db } from '../db/index.ts'
import type { Filter } from '../filters/index.ts'
import { filterSql, joinedFilterSql, needsFindings } from './filter-sql.ts'
import { isThere } from './removal-store.ts'
import { toConversation } from './store.ts'
import type { Conversation } from './types.ts'

export type SortOrder = 'ascending' | 'descending'
export type Position = { startedAt: Date | null; id: string }

type Page = { limit: number; order: SortOrder; after: Position | null; skip: number }

export async function selectPage(db: Db, filter: Filter, page: Page): Promise<Conversation[]> {
  const { rows } = await pageQuery(filter, page).execute(db)
  return rows.map(toConversation)
}

/**
 * Both orders run along an index (started_at desc, id), one of them backwards: that of the conversations, or where only what has a
 * current analysis can pass, that of those, which also knows what most lists ask for.
 */
export function pageQuery(filter: Filter, { limit, order, after, skip }: Page) {
  const { from, passes, startedAt, id } = sourceOf(filter)
  const isNewestFirst = order === 'descending'
  const place = { startedAt, id }
  const goesOn = after ? (isNewestFirst ? olderThan(place, after) : newerThan(place, after)) : sql<SqlBool>`true`
  const sorted = isNewestFirst ? sql`${startedAt} desc, ${id}` : sql`${startedAt}, ${id} desc`
  return sql<Selectable<Database['conversations']>>`
    select conversations.* from ${from} where ${passes} and ${isThere} and ${goesOn}
    order by ${sorted} limit ${limit} offset ${skip}`
}

export async function countConversations(db: Db, filter: Filter): Promise<number> {
  const { from, passes } = sourceOf(filter)
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${from} where ${passes} and ${isThere}`.execute(db)
  return rows[0]?.count ?? 0
}

function sourceOf(filter: Filter) {
  if (!needsFindings(filter))
    return {
      from: sql`conversations`,
      passes: filterSql(filter),
      startedAt: sql.ref('conversations.started_at'),
      id: sql.ref('conversations.id'),
    }
  return {
    from: sql`analyses join conversations on conversations.id = analyses.conversation_id and analyses.current`,
    passes: joinedFilterSql(filter),
    startedAt: sql.ref('analyses.started_at'),
    id: sql.ref('analyses.conversation_id'),
  }
}

type Place = { startedAt: RawBuilder<unknown>; id: RawBuilder<unknown> }

function olderThan(place: Place, { startedAt, id }: Position): RawBuilder<SqlBool> {
  return startedAt === null
    ? sql`(${place.startedAt} is not null or ${place.id} > ${id})`
    : sql`(${place.startedAt} <= ${startedAt} and (${place.startedAt} < ${startedAt} or ${place.id} > ${id}))`
}

function newerThan(place: Place, { startedAt, id }: Position): RawBuilder<SqlBool> {
  return startedAt === null
    ? sql`(${place.startedAt} is null and ${place.id} < ${id})`
    : sql`(${place.startedAt} is null
        or (${place.startedAt} >= ${startedAt} and (${place.startedAt} > ${startedAt} or ${place.id} < ${id})))`
}
