import { configForRerun } from '../agents/index.ts'
import { type Actor, recordEntry, startRun } from '../audit/index.ts'
import { readConversations } from '../conversations/index.ts'
import { type Db, transact } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'
import type { Model } from '../model/index.ts'
import { analyseConversation } from './analyse-conversation.ts'
import type { AnalysisAnnouncements, AnalysisResult } from './types.ts'

/**
 * Extracts one conversation again with its agent's newest draft config, as a run of its own, and lets the result go on to
 * the CRM. At most one model call; none where a stored analysis answers the same request. Twice makes two runs, which say
 * the same. Throws 404 for an unknown conversation, and what `extract` throws: the run is then audited as refused, and whoever
 * waits for the answer is told, so nothing is put aside.
 */
export async function rerunConversation(
  deps: { db: Db; model: Model; now: () => Date; next: AnalysisAnnouncements },
  input: { conversationId: string; actor: Actor; reason: string },
): Promise<AnalysisResult & { runId: number }> {
  const { conversationId, actor, reason } = input
  const conversation = (await readConversations(deps.db, [conversationId])).get(conversationId)
  if (!conversation) throw notFound('conversation', conversationId)
  const config = await configForRerun(deps.db, conversation.agentId)
  const runId = await transact(deps.db, (trx) => startRun(trx, { kind: 'rerun', actor, reason }))
  try {
    return { ...(await analyseConversation(deps, { conversationId, config, runId })), runId }
  } catch (error) {
    if (error instanceof AppError) {
      const { code, message: why } = error
      const refused = { actor, action: 'rerun.refused', subject: { kind: 'run', id: String(runId) }, runId }
      await transact(deps.db, (trx) => recordEntry(trx, { ...refused, after: { code, why } }))
    }
    throw error
  }
}
