import { type Actor, recordEntry, startRun } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Model } from '../model/index.ts'
import { analyseConversation } from './analyse-conversation.ts'
import { rerunConfig } from './rerun-config.ts'
import type { AnalysisAnnouncements, AnalysisResult } from './types.ts'

/**
 * Extracts one conversation again with its agent's newest draft config, as a run of its own, and lets the result go on to
 * the CRM. At most one model call; none where a stored analysis answers the same request. Twice makes two runs, which say
 * the same. Throws 404 for an unknown conversation, and what `extract` throws: the run is then audited as refused, and whoever
 * waits for the answer is told, so nothing is put aside. `keep: false` is a preview: paid for and stored, but it counts for
 * nothing until `keepAnalysis`.
 */
export async function rerunConversation(
  deps: { db: Db; model: Model; now: () => Date; next: AnalysisAnnouncements },
  input: { conversationId: string; actor: Actor; reason: string; keep?: boolean },
): Promise<AnalysisResult & { runId: number }> {
  const { conversationId, actor, reason, keep = true } = input
  const config = await rerunConfig(deps.db, conversationId)
  const runId = await transact(deps.db, async (trx) => {
    const id = await startRun(trx, { kind: 'rerun', actor, reason })
    const subject = { kind: 'conversation', id: conversationId }
    if (!keep) await recordEntry(trx, { actor, action: 'rerun.previewed', subject, runId: id })
    return id
  })
  try {
    const analysis = { conversationId, config, runId, keep }
    return { ...(await analyseConversation(deps, analysis, { priority: 'interactive' })), runId }
  } catch (error) {
    if (error instanceof AppError) {
      const { code, message: why } = error
      const refused = { actor, action: 'rerun.refused', subject: { kind: 'run', id: String(runId) }, runId }
      await transact(deps.db, (trx) => recordEntry(trx, { ...refused, after: { code, why } }))
    }
    throw error
  }
}
