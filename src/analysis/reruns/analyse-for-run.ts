import { type Actor, recordEntry } from '../../audit/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { Model } from '../../model/index.ts'
import { analyseConversation } from '../analyse-conversation.ts'
import type { AnalysisAnnouncements, AnalysisInput, AnalysisResult } from '../types.ts'

/** Analyses for a rerun that somebody waits for: what is refused is audited, and thrown on. */
export async function analyseForRun(
  deps: { db: Db; model: Model; now: () => Date; next: AnalysisAnnouncements },
  input: AnalysisInput,
  actor: Actor,
): Promise<AnalysisResult> {
  const { runId } = input
  try {
    return await analyseConversation(deps, input, { priority: 'interactive' })
  } catch (error) {
    if (error instanceof AppError) {
      const { code, message: why } = error
      const refused = { actor, action: 'rerun.refused', subject: { kind: 'run', id: String(runId) }, runId }
      await transact(deps.db, (trx) => recordEntry(trx, { ...refused, after: { code, why } }))
    }
    throw error
  }
}
