import type { Trx } from '../../db/index.ts'
import { markRecords, priorities } from '../marks.ts'

/** Marks every record that a conversation is linked to, for this run. Returns the connections with something to push. */
export async function markConversation(
  trx: Trx,
  { conversationId, runId }: { conversationId: string; runId: number },
): Promise<Set<string>> {
  const links = await trx
    .selectFrom('links')
    .select(['connection', 'record_id'])
    .where('conversation_id', '=', conversationId)
    .where('record_id', 'is not', null)
    .execute()
  const connections = new Set(links.map(({ connection }) => connection))
  for (const connection of [...connections].sort()) {
    const recordIds = links.flatMap((link) => (link.connection === connection ? (link.record_id ?? []) : []))
    await markRecords(trx, { connection, recordIds, priority: priorities.interactive, reason: 'correction', runId })
  }
  return connections
}
