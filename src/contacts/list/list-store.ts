import { type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely'
import type { Database, Db, Trx } from '../../db/index.ts'
import type { ContactCondition } from '../../filters/index.ts'
import { toContact } from '../contact-store.ts'
import type { Tag } from '../tags/tag-schema.ts'
import { contactFilterSql, contactsOfRecords, externalId } from './contact-filter-sql.ts'
import type { ListedContact } from './listed-contact.ts'

/** Which contacts are meant: all that have a number, narrowed. `search`: in lower case; some text of the contact contains it. */
export type Wanted = {
  conditions?: readonly ContactCondition[]
  search?: string
  except?: readonly number[]
  ids?: readonly number[]
  number?: string
}

export type Position = { lastAt: Date; id: number }
export type Page = { limit: number; isNewestFirst: boolean; after: Position | null; skip: number }

/** By the last conversation; those that were never spoken to as if that were 1970. */
export async function selectListed(db: Db | Trx, wanted: Wanted, page: Page): Promise<ListedContact[]> {
  const way = page.isNewestFirst ? 'desc' : 'asc'
  // Found first, and then told: what is skipped is not looked up.
  const found = wantedOf(db.selectFrom('contact_counts').innerJoin('contacts', 'contacts.id', 'contact_id'), wanted)
    .select('contact_id')
    .orderBy('contact_counts.last_at', way)
    .orderBy('contact_counts.contact_id', way)
    .limit(page.limit)
    .offset(page.skip)
    .$if(page.after !== null, (query) => query.where(behind(page.after ?? start, page.isNewestFirst)))
  const rows = await db
    .with(
      (cte) => cte('found').materialized(),
      () => found,
    )
    .selectFrom('found')
    .innerJoin('contact_counts', 'contact_counts.contact_id', 'found.contact_id')
    .innerJoin('contacts', 'contacts.id', 'found.contact_id')
    .selectAll('contacts')
    .select(['contact_counts.conversations', 'contact_counts.last_at', externalId.as('external_id')])
    .select(tags.as('tags'))
    .orderBy('contact_counts.last_at', way)
    .orderBy('contact_counts.contact_id', way)
    .execute()
  return rows.map((row) => ({
    ...toContact(row),
    number: row.number ?? '',
    memory: row.memory,
    tags: row.tags,
    externalId: row.external_id,
    conversations: row.conversations,
    lastConversationAt: row.conversations === 0 ? null : row.last_at,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }))
}

const start: Position = { lastAt: new Date(0), id: 0 }

export async function countListed(db: Db | Trx, wanted: Wanted): Promise<number> {
  const isByTime = wanted.conditions?.some(({ field }) => field === 'last_conversation_timestamp') ?? false
  const counted = isByTime
    ? wantedOf(db.selectFrom('contact_counts').innerJoin('contacts', 'contacts.id', 'contact_id'), wanted)
    : wantedOf(db.selectFrom('contacts'), wanted)
  const { count } = await counted.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  return count
}

function wantedOf<Tables extends keyof Database, Row>(
  from: SelectQueryBuilder<Database, Tables | 'contacts', Row>,
  { conditions = [], search, except = [], ids, number }: Wanted,
): SelectQueryBuilder<Database, Tables | 'contacts', Row> {
  const all: RawBuilder<SqlBool>[] = [sql`contacts.number is not null`]
  if (number !== undefined) all.push(sql`contacts.number = ${number}`)
  if (ids !== undefined) all.push(sql`contacts.id = any(${[...ids]}::bigint[])`)
  if (conditions.length > 0) all.push(contactFilterSql(conditions))
  if (except.length > 0) all.push(sql`contacts.id <> all(${[...except]}::bigint[])`)
  if (search !== undefined) all.push(contains(search))
  return from.where(sql<SqlBool>`${sql.join(all, sql` and `)}`)
}

function behind({ lastAt, id }: Position, isNewestFirst: boolean): RawBuilder<SqlBool> {
  const position = sql`(contact_counts.last_at, contact_counts.contact_id)`
  return isNewestFirst ? sql`${position} < (${lastAt}, ${id})` : sql`${position} > (${lastAt}, ${id})`
}

const tags = sql<Tag[]>`coalesce((
  select jsonb_agg(jsonb_build_object('id', tag.id, 'label', tag.label) order by tag.place)
  from contact_tags as tag where tag.id = any(contacts.tag_ids)
), '[]')`

/** As many as PostgreSQL surely keeps in a hash, by which each contact is looked up. */
const mostRecords = 100_000

/**
 * No index helps here without PostgreSQL's trigrams, which an installation may lack: each contact is looked at, its custom values one
 * by one where all of them together contain the text.
 */
function contains(search: string): RawBuilder<SqlBool> {
  const has = (text: RawBuilder<unknown>) => sql<SqlBool>`strpos(lower(${text}), ${search}) > 0`
  // As JSON, quotes and the like are written otherwise.
  const isPlain = !/["\\\p{Cc}]/u.test(search)
  return sql`(
    ${has(sql`concat_ws(E'\n', contacts.number, contacts.first_name, contacts.last_name)`)}
    or (${isPlain ? has(sql`contacts.fields::text`) : sql`contacts.fields <> '{}'`}
      and exists (select from jsonb_each_text(contacts.fields) as held where ${has(sql`held.value`)}))
    or contacts.id in (${contactsOfRecords(has(sql`record.external_id`))} limit ${mostRecords})
  )`
}
