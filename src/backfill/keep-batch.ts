import { type AnalysisResult, keepAnalyses } from '../analysis/index.ts'
import { transact } from '../db/index.ts'
import { dropLate } from '../sync/index.ts'
import { closeItems, type ItemEnd, lockConversationsOf, lockItems } from './item-store.ts'
import { releaseComplete } from './release-complete.ts'
import type { StepDeps, Worked } from './run-step.ts'
import { lockBackfill } from './store.ts'

/** What was worked out, and which lane holds its item. */
export type Held = Worked & { holder: string }

/**
 * Keeps a batch in one transaction: analyses and what they say (held), the items' ends, and the release of every contact
 * that is complete now. What another holder has taken over meanwhile is left to it.
 */
export async function keepBatch(
  deps: StepDeps,
  { backfillId, runId }: { backfillId: number; runId: number },
  batch: Held[],
): Promise<void> {
  await transact(deps.db, async (trx) => {
    // Batches of one backfill commit one after another, or two could each miss the other's half of a contact.
    const state = await lockBackfill(trx, backfillId)
    const mine = await lockItems(
      trx,
      backfillId,
      batch.map(({ item: { seq }, holder }) => ({ seq, holder })),
    )
    const contactKeys = [...new Set(batch.map(({ item }) => item.contactKey))]
    // Those to be analysed and those to be released at once: one after the other, two backfills could deadlock over a contact.
    await lockConversationsOf(trx, backfillId, contactKeys)
    const worked = [...new Map(batch.map((each) => [each.item.seq, each])).values()].filter(({ item }) =>
      mine.has(item.seq),
    )
    const extractions = worked.flatMap((each) => ('extraction' in each ? [each.extraction] : []))
    const results = new Map(
      (await keepAnalyses(trx, deps, extractions)).map((result) => [result.conversationId, result]),
    )
    await closeItems(
      trx,
      backfillId,
      worked.map((each) => endOf(each, results)),
    )
    if (state === 'cancelled') return dropLate(trx, runId)
    // Paused meanwhile: what was found stays held until it is resumed.
    if (state !== 'running') return
    // Also of a contact whose last conversation was deleted on the way: its others wait for nothing more.
    await releaseComplete(trx, deps.next, { backfillId, runId }, contactKeys)
  })
}

function endOf(worked: Worked, results: Map<string, AnalysisResult>): ItemEnd {
  const { seq, conversationId } = worked.item
  const result = results.get(conversationId)
  if ('gone' in worked || !result) {
    return { seq, outcome: 'skipped', reason: 'gone' in worked ? worked.gone : 'deleted', cached: false, costUsd: 0 }
  }
  const { outcome, reason = null, cached, costUsd } = result
  return { seq, outcome, reason, cached, costUsd }
}
