import { type Db, transact } from '../db/index.ts'
import type { AskOptions, Model } from '../model/index.ts'
import { extract } from './extract.ts'
import { keepAnalyses } from './keep-analyses.ts'
import { unpark } from './take-up-parked.ts'
import type { AnalysisAnnouncements, AnalysisInput, AnalysisResult } from './types.ts'

/**
 * Extracts one conversation with one config and keeps the result: at most one model call, then one transaction.
 * Every end is an outcome, failures too; only what concerns more than this conversation is thrown (`extract` says what).
 * Twice for the same run keeps one analysis.
 */
export async function analyseConversation(
  deps: { db: Db; model: Model; now: () => Date; next: AnalysisAnnouncements },
  input: AnalysisInput,
  options: AskOptions = {},
): Promise<AnalysisResult> {
  const extraction = await extract(deps, input, options)
  const [result] = await transact(deps.db, async (trx) => {
    const results = await keepAnalyses(trx, deps, [extraction])
    await unpark(trx, input.conversationId, input.runId)
    return results
  })
  if (!result) throw new Error('one extraction has one result')
  return result
}
