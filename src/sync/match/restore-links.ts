import { readConversations } from '../../conversations/index.ts'
import type { Trx } from '../../db/index.ts'
import { linkConversations } from '../link/link-conversations.ts'
import { activeMappings } from '../mapping-store.ts'
import type { TouchedLink } from '../undo-store.ts'
import { lockConversations, lockLinks, type Place, placesOf, placesOfRecords, settleLinks } from './store.ts'

/**
 * Gives records that are back what was theirs by a person's word or a conversion, which no step could find again. Returns the
 * records that lost or gained a conversation, with it.
 */
export async function returnLinks(trx: Trx, recordIds: readonly number[]): Promise<TouchedLink[]> {
  return settleAnew(trx, await placesOfRecords(trx, recordIds))
}

/**
 * After a run was undone, or came back: the links that it decided are what the newest word in force says, else what the steps
 * had found, tried again where that was nobody. Returns the records that lost or gained a conversation, with it. Of runs that
 * decided no link, nothing happens.
 */
export async function restoreLinks(trx: Trx, runId: number): Promise<TouchedLink[]> {
  return settleAnew(trx, await placesOf(trx, runId))
}

async function settleAnew(trx: Trx, places: readonly Place[]): Promise<TouchedLink[]> {
  if (places.length === 0) return []
  const ids = [...new Set(places.map((place) => place.conversationId))]
  const names = [...new Set(places.map((place) => place.mapping))]
  await lockConversations(trx, ids)
  const before = await lockLinks(trx, ids, names)
  await settleLinks(trx, places)
  const conversations = await readConversations(trx, ids)
  for (const mapping of await activeMappings(trx)) {
    const own = places.filter((place) => place.mapping === mapping.name)
    const linkable = own.flatMap((place) => conversations.get(place.conversationId) ?? [])
    if (linkable.length > 0) await linkConversations(trx, mapping, linkable)
  }
  const after = await lockLinks(trx, ids, names)
  const now = new Map(after.map((link) => [`${link.mapping} ${link.conversationId}`, link.recordId]))
  return before.flatMap(({ connection, mapping, conversationId, recordId: from }) => {
    const to = now.get(`${mapping} ${conversationId}`) ?? null
    if (to === from) return []
    const link = { conversationId, mapping, connection }
    return [from, to].flatMap((recordId) => (recordId === null ? [] : [{ ...link, recordId }]))
  })
}
