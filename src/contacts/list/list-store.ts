import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Db, Trx } from '../../db/index.ts'
import type { ContactCondition } from '../../filters/index.ts'
import { toContact } from '../contact-store.ts'
import type { Tag } from '../tags/tag-store.ts'
import { contactFilterSql, externalId } from './contact-filter-sql.ts'
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
  let query = listed(db, wanted)
    .selectAll('contacts')
    .select(['contact_counts.conversations', 'contact_counts.last_at', externalId.as('external_id')])
    .select(tags.as('tags'))
    .orderBy('contact_counts.last_at', way)
    .orderBy('contact_counts.contact_id', way)
    .limit(page.limit)
    .offset(page.skip)
  if (page.after) query = query.where(behind(page.after, page.isNewestFirst))
  const rows = await query.execute()
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

export async function countListed(db: Db | Trx, wanted: Wanted): Promise<number> {
  const { count } = await listed(db, wanted)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

function listed(db: Db | Trx, { conditions = [], search, except = [], ids, number }: Wanted) {
  return db
    .selectFrom('contact_counts')
    .innerJoin('contacts', 'contacts.id', 'contact_counts.contact_id')
    .where('contacts.number', 'is not', null)
    .$if(number !== undefined, (query) => query.where('contacts.number', '=', number ?? ''))
    .$if(ids !== undefined, (query) => query.where(sql<SqlBool>`contacts.id = any(${[...(ids ?? [])]}::bigint[])`))
    .$if(conditions.length > 0, (query) => query.where(contactFilterSql(conditions)))
    .$if(except.length > 0, (query) => query.where(sql<SqlBool>`contacts.id <> all(${[...except]}::bigint[])`))
    .$if(search !== undefined, (query) => query.where(found(search ?? '')))
}

function behind({ lastAt, id }: Position, isNewestFirst: boolean): RawBuilder<SqlBool> {
  const position = sql`(contact_counts.last_at, contact_counts.contact_id)`
  return isNewestFirst ? sql`${position} < (${lastAt}, ${id})` : sql`${position} > (${lastAt}, ${id})`
}

const tags = sql<Tag[]>`coalesce((
  select jsonb_agg(jsonb_build_object('id', tag.id, 'label', tag.label) order by tag.place)
  from contact_tags as tag where tag.id = any(contacts.tag_ids)
), '[]')`

/** No index helps here without PostgreSQL's trigrams, which an installation may lack: each contact is looked at. */
function found(search: string): RawBuilder<SqlBool> {
  const has = (text: RawBuilder<unknown>) => sql`strpos(lower(${text}), ${search}) > 0`
  return sql`(
    ${has(sql`concat_ws(E'\n', contacts.number, contacts.first_name, contacts.last_name)`)}
    or (contacts.fields <> '{}' and exists (select from jsonb_each_text(contacts.fields) as held where ${has(sql`held.value`)}))
    or (contacts.id in (
      select contact_id from crm_records where connection <> 'local' and ${has(sql`external_id`)}
      union all
      select holder.id from crm_records join crm_record_keys as held on held.record_id = crm_records.id
      join contacts as holder on holder.number = held.key
      where crm_records.connection <> 'local' and ${has(sql`external_id`)} and held.kind = 'number' and held.held_to = 'infinity'
    ) and ${has(externalId)})
  )`
}
