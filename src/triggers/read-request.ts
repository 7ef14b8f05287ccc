import { type Crm, recordIdOf } from '../crm/index.ts'
import type { Db } from '../db/index.ts'
import { type RunCell, runCells } from '../sync/index.ts'
import { selectConversations } from './conversation-store.ts'
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
  deps: { db: Db; crms: Map<string, Crm> },
  { connection, recordId }: { connection: string | null; recordId: string | null },
): Promise<TriggerRequest[]> {
  const idIn = ({ kind }: Crm) => recordIdOf(kind, recordId ?? '')
  const found = [...deps.crms.values()].map(idIn).flatMap((each) => ('id' in each ? [each.id] : []))
  const externalIds = recordId === null ? null : [recordId, ...found]
  return selectRequests(deps.db, { connection, externalIds, most: 50 })
}
