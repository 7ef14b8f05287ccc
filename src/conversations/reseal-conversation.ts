import type { Trx } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'
import { sealAsDeleted, selectDeletion } from './removal-store.ts'

/**
 * Seals or unseals what a run has deleted, now that the run is out of force, or back in it. Returns the conversation; twice is
 * safe. Throws `conversation.removed` (404) where its grace has ended.
 */
export async function resealConversation(trx: Trx, runId: number): Promise<string> {
  const deletion = await selectDeletion(trx, runId)
  if (deletion === undefined) throw notFound('deletion', String(runId))
  const { conversationId, until } = deletion
  if (conversationId === null) {
    const message = `what run ${runId} deleted was kept until ${until.toISOString()}, and is removed for good`
    throw new AppError('conversation.removed', 'skip', message, { status: 404 })
  }
  await sealAsDeleted(trx, conversationId)
  return conversationId
}
