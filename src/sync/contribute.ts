import { type Analysis, analysesById } from '../analysis/index.ts'
import { type Conversation, readConversations } from '../conversations/index.ts'
import { json, type Trx } from '../db/index.ts'
import { isForAgent, type Mapping } from '../mapping/index.ts'
import { insertContributions, type NewContribution } from './contribution-store.ts'
import { markCreations } from './create/store.ts'
import { linkConversations } from './link/link-conversations.ts'
import { logsConversation } from './logs-conversation.ts'
import { inLinkOrder, mappingsOfRuns } from './mapping-store.ts'
import { markRecords } from './marks.ts'
import { valsOf } from './vals-of.ts'

/** One analysis that a run kept, or took from the cache: it names the conversation in that run. */
export type Kept = { conversationId: string; analysisId: number; runId: number; hold: boolean }

/**
 * Lets analyses contribute to every mapping of their run, in the transaction that keeps them: links the conversations, says
 * what each rule hears, and marks the records for push unless the run holds; and whom a mapping is to create. A run contributes once per conversation
 * and mapping; a second time changes nothing. Returns the connections with something to push.
 */
export async function contribute(trx: Trx, kept: readonly Kept[], priority: number): Promise<Set<string>> {
  const conversations = await readConversations(trx, [...new Set(kept.map((each) => each.conversationId))])
  const analyses = await analysesById(trx, [...new Set(kept.map((each) => each.analysisId))])
  const mappings = await mappingsOfRuns(trx, [...new Set(kept.map((each) => each.runId))])
  const toPush = new Set<string>()
  for (const mapping of [...new Set([...mappings.values()].flat())].sort(inLinkOrder)) {
    const heard = kept.filter((each) => mappings.get(each.runId)?.includes(mapping))
    const rows = heard.flatMap((each) =>
      contributionOf(mapping, mappings.get(each.runId) ?? [], each, conversations, analyses),
    )
    if (rows.length === 0) continue
    const linkable = rows.flatMap((row) => conversations.get(row.conversation_id) ?? [])
    const matches = await linkConversations(trx, mapping, linkable)
    await insertContributions(trx, rows)
    const recordIds = rows.flatMap((row) => {
      const match = matches.get(row.conversation_id)
      return row.state === 'pending' && match?.state === 'matched' ? [match.recordId] : []
    })
    await markRecords(trx, { connection: mapping.connection, recordIds, priority, reason: 'contribution' })
    if (recordIds.length > 0) toPush.add(mapping.connection)
  }
  const all = [...new Set([...mappings.values()].flat())]
  const creating = all.flatMap((mapping) => (mapping.create ? [mapping.name] : []))
  const conversationIds = [...conversations.keys()]
  const runIds = [...mappings.keys()]
  for (const connection of await markCreations(trx, { runIds, conversationIds, creating, priority }))
    toPush.add(connection)
  return toPush
}

function contributionOf(
  mapping: Mapping,
  together: readonly Mapping[],
  kept: Kept,
  conversations: Map<string, Conversation>,
  analyses: Map<number, Analysis>,
): NewContribution[] {
  const conversation = conversations.get(kept.conversationId)
  const analysis = analyses.get(kept.analysisId)
  if (!conversation || !analysis) return []
  if (!isForAgent(mapping, conversation.agentId)) return []
  return [
    {
      conversation_id: kept.conversationId,
      mapping: mapping.name,
      connection: mapping.connection,
      analysis_id: kept.analysisId,
      run_id: kept.runId,
      vals: json(valsOf(mapping, together, conversation, analysis)),
      state: kept.hold ? 'held' : 'pending',
      logs: logsConversation(mapping, conversation),
    },
  ]
}
