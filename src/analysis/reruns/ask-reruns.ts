import { type Actor, startRun } from '../../audit/index.ts'
import { readConversations } from '../../conversations/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { AppError, notFound } from '../../errors.ts'
import type { RerunAnnouncements } from '../types.ts'
import { forgetEnded, insertWaiting } from './store.ts'

/** More conversations than one request may name are a backfill's, which is planned, priced and can be paused. */
const mostAtOnce = 100

/**
 * Has these conversations rerun by the workers, each as `rerunConversation` would, as one run; each once, however often it is named.
 * With `fields`, only those. Answers at once with the run: `readReruns` tells how it stands. Throws `conversation.not_found` (404)
 * naming those that are not there, and `rerun.too_many` (422); then none is rerun.
 */
export async function askReruns(
  deps: { db: Db; next: RerunAnnouncements },
  input: { conversationIds: string[]; fields?: string[]; actor: Actor; reason: string },
): Promise<{ runId: number; conversationIds: string[] }> {
  const { fields = null, actor, reason } = input
  const conversationIds = [...new Set(input.conversationIds)]
  if (conversationIds.length > mostAtOnce) {
    const message = `${conversationIds.length} conversations at once, and at most ${mostAtOnce} can be: plan a backfill for more`
    throw new AppError('rerun.too_many', 'skip', message, { status: 422 })
  }
  return transact(deps.db, async (trx) => {
    const known = await readConversations(trx, conversationIds)
    const missing = conversationIds.filter((id) => !known.has(id))
    if (missing.length > 0) throw notFound('conversation', missing.join(', '))
    for (const id of conversationIds) await forgetEnded(trx, id)
    const runId = await startRun(trx, { kind: 'rerun', actor, reason })
    const rerunIds = await insertWaiting(trx, { conversationIds, runId, fields })
    await deps.next.rerunsAsked(trx, { rerunIds })
    return { runId, conversationIds }
  })
}
