import { findHolders, recordsByExternalId } from '../../contacts/index.ts'
import type { Conversation } from '../../conversations/index.ts'
import type { Trx } from '../../db/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { type Holder, type KeyKind, keysOf, type Match, matchConversation } from './match-conversation.ts'
import { linkedAlready, recordsOfContacts, saveLinks } from './store.ts'

/**
 * Links conversations to the records of one mapping, once each: a link that was made stays, one that found nobody or too
 * many is tried again. Reads only our own index, no CRM. Returns the match of every conversation given.
 */
export async function linkConversations(
  trx: Trx,
  mapping: Mapping,
  conversations: readonly Conversation[],
): Promise<Map<string, Match>> {
  const ids = conversations.map((conversation) => conversation.id)
  const matches = await linkedAlready(trx, mapping.name, ids)
  const open = conversations.filter((conversation) => matches.get(conversation.id)?.state !== 'matched')
  if (open.length === 0) return matches
  const holdersOf = await loadHolders(trx, mapping, open)
  const made = open.map((conversation) => ({
    conversationId: conversation.id,
    match: matchConversation(conversation, mapping, holdersOf),
  }))
  await saveLinks(trx, mapping, made)
  for (const { conversationId, match } of made) matches.set(conversationId, match)
  return matches
}

async function loadHolders(trx: Trx, mapping: Mapping, conversations: readonly Conversation[]) {
  const { connection, object } = mapping
  const holdersOf = async (kind: KeyKind, keys: string[]): Promise<Map<string, Holder[]>> => {
    if (kind === 'contact')
      return heldForEver(await recordsOfContacts(trx, { connection, object, conversationIds: keys }))
    if (kind !== 'record_id') return findHolders(trx, { connection, object, kind, keys })
    const records = await recordsByExternalId(trx, { connection, object, externalIds: keys })
    return heldForEver([...records])
  }
  const found = new Map<KeyKind, Map<string, Holder[]>>()
  for (const kind of ['record_id', 'email', 'number', 'contact'] as const) {
    const steps = mapping.match.filter((step) => step.by === kind)
    const keys = [...new Set(conversations.flatMap((each) => steps.flatMap((step) => keysOf(each, step, mapping))))]
    if (keys.length > 0) found.set(kind, await holdersOf(kind, keys))
  }
  return (kind: KeyKind, key: string): Holder[] => found.get(kind)?.get(key) ?? []
}

function heldForEver(records: readonly (readonly [key: string, recordId: number])[]): Map<string, Holder[]> {
  const always = { property: 'record_id', heldFrom: Number.NEGATIVE_INFINITY, heldTo: Number.POSITIVE_INFINITY }
  const byKey = Map.groupBy(records, ([key]) => key)
  return new Map([...byKey].map(([key, held]) => [key, held.map(([, recordId]) => ({ recordId, ...always }))]))
}
