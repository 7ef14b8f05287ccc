import { sql } from 'kysely'
import { isThere } from '../conversations/index.ts'
import type { Db } from '../db/index.ts'
import { activeMappings } from './mapping-store.ts'

/**
 * The conversations that the active mappings of a connection have linked to a record, spoken at or after `since`: the newest
 * first, at most `most`, and how many there are in all.
 */
export async function linkedConversations(
  db: Db,
  wanted: { connection: string; recordId: number; since: Date | null; most: number },
): Promise<{ conversationIds: string[]; total: number }> {
  const { connection, recordId, since, most } = wanted
  const mappings = (await activeMappings(db)).filter((mapping) => mapping.connection === connection)
  const names = mappings.map((mapping) => mapping.name)
  const { rows } = await sql<{ id: string; total: number }>`
    select id, count(*) over () as total
    from conversations
    where id in (select conversation_id from links where record_id = ${recordId} and mapping = any(${names}::text[]))
      and ${isThere} and spoken_at >= coalesce(${since}::timestamptz, '-infinity')
    order by spoken_at desc, id desc
    limit ${most}
  `.execute(db)
  return { conversationIds: rows.map((row) => row.id), total: rows[0]?.total ?? 0 }
}
