import { readConversations } from '../conversations/index.ts'
import type { Trx } from '../db/index.ts'
import type { SyncAnnouncements } from './announcements.ts'
import { linkConversations } from './link/link-conversations.ts'
import { unlinkedOf } from './link/store.ts'
import { activeMappings } from './mapping-store.ts'
import { markRecords, priorities } from './marks.ts'

/**
 * Tries conversations again that found no record, now that an import has seen new numbers or e-mails, in the import's own
 * transaction. What links up is marked for push. A link that was made stays.
 */
export async function relinkConversations(
  trx: Trx,
  next: SyncAnnouncements,
  seen: { connection: string; recordIds: number[] },
): Promise<number> {
  const open = await unlinkedOf(trx, seen.connection, seen.recordIds)
  if (open.length === 0) return 0
  const mappings = (await activeMappings(trx)).filter((mapping) => mapping.connection === seen.connection)
  const linked: number[] = []
  for (const mapping of mappings) {
    const ids = open.filter((each) => each.mapping === mapping.name).map((each) => each.conversationId)
    if (ids.length === 0) continue
    const conversations = await readConversations(trx, ids)
    const matches = await linkConversations(trx, mapping, [...conversations.values()])
    linked.push(...[...matches.values()].flatMap((match) => (match.state === 'matched' ? [match.recordId] : [])))
  }
  await markRecords(trx, {
    connection: seen.connection,
    recordIds: linked,
    priority: priorities.background,
    reason: 'link',
  })
  if (linked.length > 0) next.recordsMarked(trx, seen.connection)
  return linked.length
}
