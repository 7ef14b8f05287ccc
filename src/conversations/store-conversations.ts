import { ensureAgents } from '../agents/index.ts'
import { ensureContacts, erasureLock } from '../contacts/index.ts'
import { type Db, shareUntilEnd, type Trx, transact } from '../db/index.ts'
import type { Accepted } from './accept-retell.ts'
import type { ConversationsAnnouncements } from './announcements.ts'
import { keepAsTold } from './keep-as-told.ts'
import { selectDropped } from './removal-store.ts'
import { selectHashes, upsertConversations } from './store.ts'
import { upsertTranscripts } from './transcript-store.ts'

export type StoredConversation = { id: string; stored: Stored | 'unchanged' }

/** `dropped`: deleted or settled before, or of a person who was erased. */
type Stored = 'new' | 'changed' | 'dropped'

/** STORAGE measured micro-batches of this size as the fastest that still commit several times a second. */
const mostPerTransaction = 64

/**
 * Stores conversations with their transcripts, and with them the agents and contacts they name; one that is stored already
 * as it is changes nothing, and one that was removed is dropped. A changed one keeps its time. Answers in the order given. What
 * was stored is announced in its own transaction, under the run that `openRun` answers with; it is asked only where something may change. `useVendors`: what the vendor
 * has found in a conversation counts, in place of an analysis of ours.
 */
export async function storeConversations(
  deps: { db: Db; next: Pick<ConversationsAnnouncements, 'conversationsStored'> },
  accepted: Accepted[],
  { openRun, ...wanted }: { openRun: (trx: Trx) => Promise<number>; analyse: boolean; useVendors?: boolean },
): Promise<StoredConversation[]> {
  const results: StoredConversation[] = []
  for (const batch of batchesOf(accepted)) {
    const stored = await storeBatch(deps, batch, openRun, wanted)
    results.push(...batch.map(({ conversation: { id } }) => ({ id, stored: stored.get(id) ?? ('unchanged' as const) })))
  }
  return results
}

async function storeBatch(
  deps: { db: Db; next: Pick<ConversationsAnnouncements, 'conversationsStored'> },
  batch: Accepted[],
  openRun: (trx: Trx) => Promise<number>,
  { analyse, useVendors = false }: { analyse: boolean; useVendors?: boolean },
): Promise<Map<string, Stored>> {
  const known = await selectHashes(
    deps.db,
    batch.map((each) => each.conversation.id),
  )
  const differing = batch.filter((each) => known.get(each.conversation.id) !== each.contentHash)
  if (differing.length === 0) return new Map()
  return transact(deps.db, async (trx) => {
    await shareUntilEnd(trx, erasureLock)
    const dropped = await selectDropped(trx, differing)
    const results = new Map<string, Stored>([...dropped].map((id) => [id, 'dropped']))
    const wanted = differing.filter((each) => !dropped.has(each.conversation.id))
    if (wanted.length === 0) return results
    await ensureAgents(trx, agentsOf(wanted))
    const contactIds = await ensureContacts(
      trx,
      wanted.flatMap((each) => each.conversation.contactNumber ?? []),
    )
    const runId = await openRun(trx)
    const kept = await keepAsTold(trx, wanted)
    const stored = await upsertConversations(trx, kept, contactIds, runId)
    await upsertTranscripts(
      trx,
      kept.filter((each) => stored.has(each.conversation.id)),
    )
    if (stored.size > 0) {
      const conversationIds = [...stored.keys()]
      await deps.next.conversationsStored(trx, { conversationIds, runId, analyse, useVendors })
    }
    for (const [id, how] of stored) results.set(id, how)
    return results
  })
}

/** A conversation that comes twice begins a new batch: one statement can touch a row only once. */
function* batchesOf(accepted: Accepted[]): Generator<Accepted[]> {
  let batch = new Map<string, Accepted>()
  for (const each of accepted) {
    if (batch.size === mostPerTransaction || batch.has(each.conversation.id)) {
      yield [...batch.values()]
      batch = new Map()
    }
    batch.set(each.conversation.id, each)
  }
  if (batch.size > 0) yield [...batch.values()]
}

function agentsOf(accepted: Accepted[]) {
  const destinations = accepted.flatMap(({ conversation: { kind, transfers } }) =>
    transfers.map(({ agentId: id }) => ({ id, kind, name: null })),
  )
  const agents = accepted.map(({ conversation: { agentId: id, kind }, agentName: name }) => ({ id, kind, name }))
  // The name stands only in conversations that the agent took.
  return [...new Map([...destinations, ...agents].map((agent) => [agent.id, agent])).values()]
}
