import { readConversations } from '../../conversations/index.ts'
import type { Trx } from '../../db/index.ts'
import { linkConversations } from '../link/link-conversations.ts'
import { activeMappings } from '../mapping-store.ts'
import { lockConversations, lockLinks, placesOf, settleLinks } from './store.ts'

/**
 * After a run was undone, or came back: the links that it decided are what the newest word in force says, else what the steps
 * had found, tried again where that was nobody. Returns the records that lost or gained a conversation. Of runs that decided
 * no link, nothing happens.
 */
export async function restoreLinks(trx: Trx, runId: number): Promise<{ connection: string; recordId: number }[]> {
  const places = await placesOf(trx, runId)
  if (places.length === 0) return []
  const ids = [...new Set(places.map((place) => place.conversationId))]
  const names = [...new Set(places.map((place) => place.mapping))]
  await lockConversations(trx, ids)
  const before = await lockLinks(trx, ids, names)
  await settleLinks(trx, places)
  const conversations = [...(await readConversations(trx, ids)).values()]
  for (const mapping of (await activeMappings(trx)).filter((each) => names.includes(each.name)))
    await linkConversations(trx, mapping, conversations)
  const after = await lockLinks(trx, ids, names)
  const now = new Map(after.map((link) => [`${link.mapping} ${link.conversationId}`, link.recordId]))
  return before.flatMap(({ connection, mapping, conversationId, recordId: from }) => {
    const to = now.get(`${mapping} ${conversationId}`) ?? null
    if (to === from) return []
    return [from, to].flatMap((recordId) => (recordId === null ? [] : [{ connection, recordId }]))
  })
}
