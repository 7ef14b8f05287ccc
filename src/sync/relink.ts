import { readConversations } from '../conversations/index.ts'
import type { Trx } from '../db/index.ts'
import type { Mapping } from '../mapping/index.ts'
import type { SyncAnnouncements } from './announcements.ts'
import { linkConversations } from './link/link-conversations.ts'
import { linkedAlready, unlinkedOf } from './link/store.ts'
import { activeMappings, goesByContact } from './mapping-store.ts'
import { markRecords, priorities } from './marks.ts'
import { returnLinks } from './match/restore-links.ts'

/**
 * Tries conversations again that found no record, now that an import has seen new numbers or e-mails, in the import's own
 * transaction. What links up is marked for push. A link that was made stays, but for a person's word whose record is back.
 */
export async function relinkConversations(
  trx: Trx,
  next: SyncAnnouncements,
  seen: { connection: string; recordIds: number[] },
): Promise<number> {
  const { connection } = seen
  const returned = await returnLinks(trx, seen.recordIds)
  const recordIds = returned.map((link) => link.recordId)
  await markRecords(trx, { connection, recordIds, priority: priorities.background, reason: 'link' })
  if (returned.length > 0) next.recordsMarked(trx, connection)
  const open = await unlinkedOf(trx, connection, seen.recordIds)
  const linked = new Set(returned.map((link) => link.conversationId))
  let links = linked.size
  if (links + open.length === 0) return 0
  const mappings = await activeMappings(trx)
  for (const mapping of mappings.filter((each) => each.connection === connection)) {
    const ids = open.filter((each) => each.mapping === mapping.name).map((each) => each.conversationId)
    const made = await linkAndMark(trx, next, mapping, ids)
    for (const id of made) linked.add(id)
    links += made.length
  }
  await linkByContact(trx, next, [...linked], mappings)
  return links
}

/**
 * Conversations without a number whose CRM record has just become known are that record's contact: where they had none, they
 * are linked to it. Twice changes nothing.
 */
async function linkByContact(
  trx: Trx,
  next: SyncAnnouncements,
  conversationIds: string[],
  mappings: readonly Mapping[],
): Promise<void> {
  for (const mapping of mappings.filter(goesByContact)) {
    const known = await linkedAlready(trx, mapping.name, conversationIds)
    // Others were never looked for: they are when a run names them.
    const open = conversationIds.filter((id) => known.has(id) && known.get(id)?.state !== 'matched')
    await linkAndMark(trx, next, mapping, open)
  }
}

/** Tries these conversations again where they found no record: they may name another person now. Twice changes nothing. */
export async function linkOpen(trx: Trx, next: SyncAnnouncements, conversationIds: string[]): Promise<void> {
  for (const mapping of await activeMappings(trx)) {
    const known = await linkedAlready(trx, mapping.name, conversationIds)
    const open = conversationIds.filter((id) => known.get(id)?.state !== 'matched')
    await linkAndMark(trx, next, mapping, open)
  }
}

/** Links these conversations and marks what they found. Returns those that found a record. */
async function linkAndMark(trx: Trx, next: SyncAnnouncements, mapping: Mapping, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const { connection } = mapping
  const conversations = await readConversations(trx, ids)
  const matches = [...(await linkConversations(trx, mapping, [...conversations.values()]))]
  const found = matches.flatMap(([id, match]) => (match.state === 'matched' ? [{ id, recordId: match.recordId }] : []))
  const recordIds = found.map((each) => each.recordId)
  await markRecords(trx, { connection, recordIds, priority: priorities.background, reason: 'link' })
  if (found.length > 0) next.recordsMarked(trx, connection)
  return found.map((each) => each.id)
}
