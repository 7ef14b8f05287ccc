import { sql } from 'kysely'
import { json, type Trx } from '../db/index.ts'
import { isThere } from './removal-store.ts'
import { toConversation } from './store.ts'
import type { Conversation } from './types.ts'
import { keepsNoWords, type Updates } from './updates.ts'

/** A conversation and what was set on it, held until the transaction ends; undefined for one that is not there. */
export async function lockForUpdate(
  trx: Trx,
  id: string,
): Promise<{ conversation: Conversation; updates: Updates } | undefined> {
  const row = await trx
    .selectFrom('conversations')
    .selectAll()
    .where('id', '=', id)
    .where(isThere)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row && { conversation: toConversation(row), updates: row.updates }
}

/** Its hash stays that of what was sent: the same sent again changes nothing. */
export async function saveUpdates(trx: Trx, conversation: Conversation, updates: Updates): Promise<void> {
  const { id, contactNumber, contactId, metadata, variables, raw } = conversation
  await trx
    .updateTable('conversations')
    .set({
      contact_number: contactNumber,
      contact_id: contactId,
      metadata: json(metadata),
      variables: json(variables),
      raw: json(raw),
      updates: json(updates),
    })
    .where('id', '=', id)
    .execute()
  if (keepsNoWords(updates))
    await trx
      .updateTable('transcripts')
      .set({ turns: json([]), words: null })
      .where('conversation_id', '=', id)
      .execute()
}

/** What was set on these conversations; those on which nothing was are absent. */
export async function selectUpdates(trx: Trx, ids: string[]): Promise<Map<string, Updates>> {
  const rows = await trx
    .selectFrom('conversations')
    .select(['id', 'updates'])
    .where('id', 'in', ids)
    .where(sql<boolean>`updates <> '{}'`)
    .execute()
  return new Map(rows.map(({ id, updates }) => [id, updates]))
}
