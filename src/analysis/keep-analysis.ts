import { type Actor, recordEntry, startRun } from '../audit/index.ts'
import { readConversations } from '../conversations/index.ts'
import { type Db, transact } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'
import { keepAnalyses } from './keep-analyses.ts'
import { analysisNumbered } from './load-store.ts'
import type { AnalysisAnnouncements, AnalysisResult } from './types.ts'

/**
 * Makes exactly this stored analysis the word of its conversation, a preview as well as one that counted before: a run of its own,
 * without a model call, which then goes on to the CRM as a rerun does. Twice makes two runs, which say the same. Throws 404 where there is no
 * such conversation (any more) or analysis, and 409 for one that failed (`analysis.not_ok`) or that no version would be asked for
 * again (`analysis.inline`).
 */
export async function keepAnalysis(
  deps: { db: Db; now: () => Date; next: AnalysisAnnouncements },
  input: { conversationId: string; number: number; actor: Actor; reason: string },
): Promise<AnalysisResult & { runId: number }> {
  const { conversationId, number, actor, reason } = input
  return transact(deps.db, async (trx) => {
    if (!(await readConversations(trx, [conversationId])).has(conversationId))
      throw notFound('conversation', conversationId)
    const analysis = await analysisNumbered(trx, conversationId, number)
    if (!analysis) throw notFound('analysis', `${number} of conversation ${conversationId}`)
    if (analysis.outcome !== 'ok') {
      const message = `analysis ${number} of ${conversationId} ended ${analysis.outcome}: it says nothing that could be kept`
      throw new AppError('analysis.not_ok', 'skip', message, { status: 409 })
    }
    if (analysis.parts?.length === 0) {
      const message = `analysis ${number} of ${conversationId} was made with a config that no version holds: save it as a draft, and preview again without another model call`
      throw new AppError('analysis.inline', 'skip', message, { status: 409 })
    }
    const runId = await startRun(trx, { kind: 'rerun', actor, reason })
    await recordEntry(trx, {
      actor,
      action: 'analysis.kept',
      subject: { kind: 'conversation', id: conversationId },
      runId,
      after: { number, wasPreview: analysis.keptAt === null },
    })
    const [result] = await keepAnalyses(trx, deps, [{ from: 'cache', input: { conversationId, runId }, analysis }])
    // Deleted since it was read.
    if (result?.outcome !== 'ok') throw notFound('conversation', conversationId)
    return { ...result, runId }
  })
}
