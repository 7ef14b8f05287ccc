import { readConversations } from '../../conversations/index.ts'
import type { Db } from '../../db/index.ts'
import { AppError, notFound } from '../../errors.ts'
import { selectCorrections } from '../corrections/store.ts'
import { listAnalyses } from '../load-store.ts'
import type { Analysis } from '../types.ts'
import { type ComparedItem, compareItems } from './compare-items.ts'

export type AnalysesDiff = { conversationId: string; from: Analysis; to: Analysis; items: ComparedItem[] }

/**
 * Two analyses of one conversation, item by item. Of those not named: a preview newer than all that was kept is held against the
 * current analysis, else the newest kept against the one before it. Reads only. Throws 404 for an unknown conversation or number,
 * `analysis.not_ok` (409) for one that failed, and `analysis.nothing_to_compare` (409) where there are no two.
 */
export async function diffAnalyses(
  db: Db,
  input: { conversationId: string; from?: number; to?: number },
): Promise<AnalysesDiff> {
  const { conversationId } = input
  if (!(await readConversations(db, [conversationId])).has(conversationId))
    throw notFound('conversation', conversationId)
  const all = await listAnalyses(db, conversationId)
  const ok = all.filter((analysis) => analysis.outcome === 'ok')
  const to = input.to === undefined ? newerOf(ok, input.from) : numbered(all, conversationId, input.to)
  const from = input.from === undefined ? olderOf(ok, to) : numbered(all, conversationId, input.from)
  if (!to || !from) {
    const message = `${conversationId} has no two analyses to compare: rerun it, or preview a rerun`
    throw new AppError('analysis.nothing_to_compare', 'skip', message, { status: 409 })
  }
  const items = compareItems(from.fields, to.fields, await selectCorrections(db, conversationId))
  return { conversationId, from, to, items }
}

function numbered(all: readonly Analysis[], conversationId: string, number: number): Analysis {
  const analysis = all.find((each) => each.number === number)
  if (!analysis) throw notFound('analysis', `${number} of conversation ${conversationId}`)
  if (analysis.outcome === 'ok') return analysis
  const message = `analysis ${number} of ${conversationId} ended ${analysis.outcome}: it says nothing that could be compared`
  throw new AppError('analysis.not_ok', 'skip', message, { status: 409 })
}

/** The newest, preview or not, that is not the one it is held against. */
function newerOf(ok: readonly Analysis[], from: number | undefined): Analysis | undefined {
  return ok.findLast(({ number }) => number !== from)
}

/** What a preview would replace; of what was kept, the one kept before it. */
function olderOf(ok: readonly Analysis[], to: Analysis | undefined): Analysis | undefined {
  if (!to) return undefined
  const current = ok.find((each) => each.current && each.number !== to.number)
  if (to.keptAt === null && current) return current
  return ok.findLast(({ number, keptAt }) => keptAt !== null && number < to.number) ?? current
}
