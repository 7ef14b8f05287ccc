import {
  type AnalysisAnnouncements,
  analysesById,
  type ComparedItem,
  type ConfigChoice,
  compareItems,
  currentAnalysis,
  type Rerun,
  rerunConversation,
  selectCorrections,
} from '../../analysis/index.ts'
import type { Actor } from '../../audit/index.ts'
import { readConversations } from '../../conversations/index.ts'
import type { Crm } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import type { Failure } from '../../errors.ts'
import type { Model } from '../../model/index.ts'
import { type PreviewActivity, type PreviewCell, planCandidate } from './plan-candidate.ts'

export type { PreviewActivity, PreviewCell } from './plan-candidate.ts'

export type Preview = Rerun & {
  /** Whether this analysis counts already: the same question was answered before. */
  isCurrent: boolean
  items: ComparedItem[]
  cells: PreviewCell[]
  activities: PreviewActivity[]
  /** Connections whose cells could not be planned, with the reason. */
  failures: Record<string, Failure>
}

/**
 * Extracts one conversation with what a rerun would ask, or with another config, and says what would follow, item by item and cell by cell, if
 * the result were kept (`keepAnalysis`). Paid for once, and stored: the same again is answered from the store. Nothing
 * counts and nothing is written to a CRM. Throws what `rerunConversation` throws.
 */
export async function previewRerun(
  deps: { db: Db; model: Model; crms: Map<string, Crm>; now: () => Date; next: AnalysisAnnouncements },
  input: { conversationId: string; actor: Actor; reason: string } & ConfigChoice,
): Promise<Preview> {
  const { db } = deps
  const { conversationId } = input
  const result = await rerunConversation(deps, { ...input, keep: false })
  const before = await currentAnalysis(db, conversationId)
  const analysis =
    result.analysisId === undefined ? undefined : (await analysesById(db, [result.analysisId])).get(result.analysisId)
  const conversation = (await readConversations(db, [conversationId])).get(conversationId)
  if (!analysis || !conversation || analysis.outcome !== 'ok')
    return { ...result, isCurrent: false, items: [], cells: [], activities: [], failures: {} }
  const items = compareItems(before?.fields ?? {}, analysis.fields, await selectCorrections(db, conversationId))
  return { ...result, isCurrent: analysis.current, items, ...(await planCandidate(deps, conversation, analysis)) }
}
