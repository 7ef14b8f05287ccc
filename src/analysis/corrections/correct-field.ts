import { type Actor, actorLabel, recordEntry, startRun } from '../../audit/index.ts'
import { readConversations } from '../../conversations/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { AppError, notFound } from '../../errors.ts'
import { unknownName } from '../../filters/index.ts'
import type { Value } from '../../mapping/index.ts'
import { loadAnalyses } from '../load-store.ts'
import type { CorrectionAnnouncements } from '../types.ts'
import { knownItems } from './known-items.ts'
import { insertCorrection, selectCorrections } from './store.ts'
import { typedValue } from './typed-value.ts'

type Corrected = {
  runId: number
  conversationId: string
  item: string
  value: Value
  /** What counted until now: the correction before, else what the current analysis found; null where neither said anything. */
  before: Value
}

/**
 * Sets what a conversation says of one item: a person's word, which beats every analysis until its run is undone. `value` is
 * checked against the item; null says that the conversation does not say it. It releases nothing: a CRM field follows only where
 * the conversation takes part already. Correcting again makes a run of its own, and the newest stands. Throws 404 for an unknown
 * conversation, and 422 for an item that neither its configs nor its analyses have, or a value that does not fit.
 */
export async function correctField(
  deps: { db: Db; next: CorrectionAnnouncements },
  input: { conversationId: string; item: string; value: unknown; actor: Actor; reason: string },
): Promise<Corrected> {
  const { conversationId, item, actor, reason } = input
  return transact(deps.db, async (trx) => {
    const conversation = (await readConversations(trx, [conversationId])).get(conversationId)
    if (!conversation) throw notFound('conversation', conversationId)
    const analyses = (await loadAnalyses(trx, [conversationId])).get(conversationId) ?? []
    const known = await knownItems(trx, conversation, analyses)
    if (!known.has(item)) {
      const message = unknownName('item', item, [...known.keys()])
      throw new AppError('correction.item', 'skip', message, { status: 422 })
    }
    const value = typedValue(item, known.get(item), input.value)

    const earlier = (await selectCorrections(trx, conversationId)).find(
      (each) => each.item === item && each.state === 'in_force',
    )
    const found = analyses.find((analysis) => analysis.current)?.fields[item]
    const runId = await startRun(trx, { kind: 'correction', actor, reason })
    await insertCorrection(trx, { conversationId, item, runId, value, actor: actorLabel(actor) })
    await recordEntry(trx, {
      actor,
      action: 'field.corrected',
      subject: { kind: 'conversation', id: conversationId },
      runId,
      before: { correctedBy: earlier?.runId ?? null },
      after: { item },
    })
    await deps.next.fieldCorrected(trx, { conversationId, runId })
    const before = earlier ? earlier.value : found?.status === 'found' ? found.value : null
    return { runId, conversationId, item, value, before }
  })
}
