import { type Db, transact } from '../../db/index.ts'
import type { Model } from '../../model/index.ts'
import { ask } from '../ask.ts'
import { keepAnalyses } from '../keep-analyses.ts'
import type { Question } from '../prepare.ts'
import type { AnalysisAnnouncements, AnalysisResult } from '../types.ts'

/**
 * Asks the model about conversations, so many at once, and stores each answer as it comes: a preview that counts for nothing. After
 * a failure that concerns more than one conversation no more is asked; what was asked is waited for, stored, and then it is thrown.
 * By conversation.
 */
export async function askQuestions(
  deps: { db: Db; model: Model; now: () => Date; next: AnalysisAnnouncements },
  questions: readonly Question[],
  concurrency: number,
): Promise<Map<string, AnalysisResult>> {
  const results = new Map<string, AnalysisResult>()
  const rest = questions.values()
  const ending = new AbortController()
  const lane = async () => {
    for (const question of rest) {
      if (ending.signal.aborted) return
      const extraction = await ask(deps, question)
      const [result] = await transact(deps.db, (trx) => keepAnalyses(trx, deps, [extraction]))
      if (result) results.set(result.conversationId, result)
    }
  }
  const lanes = Array.from({ length: Math.min(concurrency, questions.length) }, () =>
    lane().catch((error: unknown) => ending.abort(error)),
  )
  await Promise.all(lanes)
  ending.signal.throwIfAborted()
  return results
}
