import { isGone } from '../contacts/index.ts'
import { accountOf, type Crm, nounOf } from '../crm/index.ts'
import type { Db } from '../db/index.ts'
import { runCells } from '../sync/index.ts'
import { selectConversations } from './conversation-store.ts'
import { selectPushed } from './due-store.ts'
import { getRequest, moveRequest } from './request-store.ts'
import { describeRerun } from './words.ts'

/** One round's worth; the next round takes the others. */
const most = 200

/**
 * Gives their answer to all requests, or to the one named, that are rerun and whose connection waits for no push of theirs any
 * more. Twice is safe.
 */
export async function answerPushed(
  deps: { db: Db; crms: Map<string, Crm> },
  { requestId: id = null }: { requestId?: number | null } = {},
): Promise<void> {
  for (const pushed of await selectPushed(deps.db, { id, most })) await answer(deps, pushed)
}

async function answer({ db, crms }: { db: Db; crms: Map<string, Crm> }, id: number): Promise<void> {
  const request = await getRequest(db, id)
  const { connection, object, externalId, runId, recordId, leftOut } = request
  const conversations = await selectConversations(db, id)
  const cells = runId === null ? [] : (await runCells(db, runId)).filter((cell) => cell.connection === connection)
  const sentences = [describeRerun({ conversations, cells, leftOut })]
  const crm = crms.get(connection)
  if (crm && recordId !== null && (await isGone(db, recordId)))
    sentences.push(`${accountOf(crm)} has no ${nounOf(object)} ${externalId} any more.`)
  const isFailure = conversations.every(({ outcome }) => outcome !== 'ok' && outcome !== 'skipped')
  const end = isFailure ? { state: 'failed' as const, reason: 'analysis' } : { state: 'done' as const, reason: null }
  await moveRequest(db, id, { ...end, message: sentences.join(' ') })
}
