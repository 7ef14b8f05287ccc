import type { Conversation } from '../../conversations/index.ts'
import type { Trx } from '../../db/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { loadHolders } from './load-holders.ts'
import { type Match, matchConversation } from './match-conversation.ts'
import { linkedAlready, saveLinks } from './store.ts'

/**
 * Links conversations to the records of one mapping, once each: a link that was made stays, one that found nobody or too
 * many is tried again, unless a person said that it is nobody's. Reads only our own index, no CRM. Returns the match of every conversation given.
 */
export async function linkConversations(
  trx: Trx,
  mapping: Mapping,
  conversations: readonly Conversation[],
): Promise<Map<string, Match>> {
  const ids = conversations.map((conversation) => conversation.id)
  const matches = await linkedAlready(trx, mapping.name, ids)
  const open = conversations.filter((conversation) => isOpen(matches.get(conversation.id)))
  if (open.length === 0) return matches
  const holdersOf = await loadHolders(trx, mapping, open)
  const made = open.map((conversation) => ({
    conversationId: conversation.id,
    match: matchConversation(conversation, mapping, holdersOf),
  }))
  await saveLinks(trx, mapping, made)
  // Read again: somebody may have been faster.
  return linkedAlready(trx, mapping.name, ids)
}

function isOpen(match: Match | undefined): boolean {
  return match === undefined || (match.state !== 'matched' && !(match.state === 'none' && match.step === 'person'))
}
