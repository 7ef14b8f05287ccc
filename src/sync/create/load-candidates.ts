import { analysesById } from '../../analysis/index.ts'
import { readConversations } from '../../conversations/index.ts'
import type { Db } from '../../db/index.ts'
import { mappingsOfRuns } from '../mapping-store.ts'
import { contributionsOf } from '../timeline/store.ts'
import type { CreationMark } from './store.ts'
import { type Candidate, isCreating } from './types.ts'
import { valsInForce } from './vals-in-force.ts'

export type MarkedCandidate = Candidate & { mark: CreationMark; contributionIds: number[] }

/**
 * What marked conversations have to say now, by the mapping of the run that marked them: released, and decided by no push. One of which
 * nothing is left (undone, held, deleted) is left out.
 */
export async function loadCandidates(db: Db, marks: readonly CreationMark[]): Promise<MarkedCandidate[]> {
  const ids = [...new Set(marks.map((mark) => mark.conversationId))]
  const mappings = await mappingsOfRuns(db, [...new Set(marks.map((mark) => mark.runId))])
  const conversations = await readConversations(db, ids)
  const waiting = (await contributionsOf(db, ids)).filter(({ state }) => state === 'pending')
  const analyses = await analysesById(db, [...new Set(waiting.map((each) => each.analysisId))])
  return marks.flatMap((mark): MarkedCandidate[] => {
    const conversation = conversations.get(mark.conversationId)
    const mapping = mappings.get(mark.runId)?.find((each) => each.name === mark.mapping)
    const own = waiting
      .filter((each) => each.conversationId === mark.conversationId && each.mapping === mark.mapping)
      .sort((a, b) => a.runId - b.runId)
    const newest = own.at(-1)
    if (!conversation || !isCreating(mapping) || !newest) return []
    const analysis = analyses.get(newest.analysisId)
    const fields = analysis?.outcome === 'ok' ? analysis.fields : {}
    return [
      { conversation, mapping, vals: valsInForce(own), fields, mark, contributionIds: own.map((each) => each.id) },
    ]
  })
}
