import type { Db } from '../db/index.ts'
import { type RunCell, runCells } from '../sync/index.ts'
import { selectConversations } from './conversation-store.ts'
import { recordIdOf } from './record-name.ts'
import { getRequest, selectRequests } from './request-store.ts'
import type { RequestConversation, TriggerRequest } from './types.ts'

export type RequestStatus = {
  request: TriggerRequest
  conversations: RequestConversation[]
  /** What its run has decided so far, field by field. */
  cells: RunCell[]
}

/** How a request stands, down to every field. Throws `trigger.not_found` (404). */
export async function readRequest(deps: { db: Db }, id: number): Promise<RequestStatus> {
  const request = await getRequest(deps.db, id)
  const cells = request.runId === null ? [] : await runCells(deps.db, request.runId)
  return { request, conversations: await selectConversations(deps.db, id), cells }
}

/** The newest requests first, of one connection and record where asked; a record's id in any of its spellings. */
export async function listRequests(
  deps: { db: Db },
  { connection, recordId }: { connection: string | null; recordId: string | null },
): Promise<TriggerRequest[]> {
  const spellings =
    recordId === null
      ? null
      : [recordId, ...(['hubspot', 'salesforce'] as const).flatMap((kind) => recordIdOf(kind, recordId) ?? [])]
  return selectRequests(deps.db, { connection, externalIds: spellings, most: 50 })
}
