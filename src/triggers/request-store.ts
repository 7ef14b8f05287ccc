import { type Selectable, sql } from 'kysely'
import type { Database, Db, TriggerState, Trx } from '../db/index.ts'
import { notFound } from '../errors.ts'
import type { TriggerRequest, WantedConversations } from './types.ts'

/** How long a request is left to the job that comes with it, which waits behind others. */
const waitingGraceMs = 3_600_000

/** So long from now, by the database's clock, which all processes share. */
export function after(waitMs: number) {
  return sql<Date>`now() + make_interval(secs => ${waitMs / 1000})`
}

export type NewRequest = {
  connection: string
  object: string
  externalId: string
  wanted: WantedConversations
  requestKey: string | null
  actor: { kind: 'trigger' | 'cli'; name: string }
  keyName: string | null
  message: string
}

function columnsOf(wanted: WantedConversations) {
  const { conversations } = wanted
  return {
    conversations,
    since: conversations === 'since' ? wanted.since : null,
    most: conversations === 'latest' ? 1 : wanted.most,
  }
}

export function toRequest(row: Selectable<Database['trigger_requests']>): TriggerRequest {
  const { conversations, since, most } = row
  const wanted: WantedConversations =
    conversations === 'since' && since !== null
      ? { conversations: 'since', since, most }
      : conversations === 'all'
        ? { conversations, most }
        : { conversations: 'latest' }
  return {
    id: row.id,
    connection: row.connection,
    object: row.object,
    externalId: row.external_id,
    wanted,
    state: row.state,
    reason: row.reason,
    message: row.message,
    actor: { kind: row.actor_kind, name: row.actor_name },
    keyName: row.key_name,
    runId: row.run_id,
    recordId: row.record_id,
    leftOut: row.left_out,
    attempts: row.attempts,
    requestedAt: row.requested_at,
    releasedAt: row.released_at,
    nextTryAt: row.state === 'parked' ? row.due_at : null,
    endedAt: row.ended_at,
  }
}

/** Adds a request, or returns undefined where one of the same key, or a waiting one of the same wording, is there already. */
export async function insertRequest(trx: Trx, request: NewRequest): Promise<TriggerRequest | undefined> {
  const row = await trx
    .insertInto('trigger_requests')
    .values({
      connection: request.connection,
      object: request.object,
      external_id: request.externalId,
      ...columnsOf(request.wanted),
      request_key: request.requestKey,
      actor_kind: request.actor.kind,
      actor_name: request.actor.name,
      key_name: request.keyName,
      message: request.message,
      due_at: after(waitingGraceMs),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  return row && toRequest(row)
}

/** The request that stood in the way of this one, unless it has been taken up meanwhile. */
export async function findTwin(trx: Trx, request: NewRequest): Promise<TriggerRequest | undefined> {
  const { connection, object, externalId, wanted, requestKey } = request
  const { conversations, since, most } = columnsOf(wanted)
  const ofConnection = trx.selectFrom('trigger_requests').selectAll().where('connection', '=', connection)
  const row = await (requestKey !== null
    ? ofConnection.where('request_key', '=', requestKey)
    : ofConnection
        .where('request_key', 'is', null)
        .where('state', '=', 'waiting')
        .where('object', '=', object)
        .where('external_id', '=', externalId)
        .where('conversations', '=', conversations)
        .where('since', 'is not distinct from', since)
        .where('most', '=', most)
  ).executeTakeFirst()
  return row && toRequest(row)
}

/** Throws `trigger.not_found` (404). */
export async function getRequest(db: Db, id: number): Promise<TriggerRequest> {
  const row = await db.selectFrom('trigger_requests').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound('trigger', `trigger_${id}`)
  return toRequest(row)
}

/** The newest requests first. */
export async function selectRequests(
  db: Db,
  { connection, externalIds, most }: { connection: string | null; externalIds: string[] | null; most: number },
): Promise<TriggerRequest[]> {
  const rows = await db
    .selectFrom('trigger_requests')
    .selectAll()
    .$if(connection !== null, (query) => query.where('connection', '=', connection))
    .$if(externalIds !== null, (query) => query.where('external_id', 'in', externalIds))
    .orderBy('id', 'desc')
    .limit(most)
    .execute()
  return rows.map(toRequest)
}

export type Moved = Pick<TriggerRequest, 'state' | 'reason' | 'message'> &
  Partial<Pick<TriggerRequest, 'runId' | 'recordId' | 'leftOut' | 'attempts'>> & {
    contactId?: number | null
    needsUsd?: number | null
    /** From now on; due again when it is over. */
    waitMs?: number
  }

const ends: readonly TriggerState[] = ['done', 'refused', 'failed']

/** Moves a request that has not ended; returns whether it did, so that of two who end it one knows. */
export async function moveRequest(db: Db | Trx, id: number, to: Moved): Promise<boolean> {
  const { state, reason, message, runId, recordId, contactId, leftOut, attempts, needsUsd, waitMs } = to
  const row = await db
    .updateTable('trigger_requests')
    .set({
      state,
      reason,
      message,
      ...(runId !== undefined && { run_id: runId, admitted_at: sql<Date>`now()` }),
      ...(recordId !== undefined && { record_id: recordId }),
      ...(contactId !== undefined && { contact_id: contactId }),
      ...(leftOut !== undefined && { left_out: leftOut }),
      ...(waitMs !== undefined && { due_at: after(waitMs) }),
      ...(attempts !== undefined && { attempts }),
      ...(needsUsd !== undefined && { needs_usd: needsUsd }),
      ...(ends.includes(state) && { ended_at: sql<Date>`now()` }),
    })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Notes that all of a request has been rerun and released. */
export async function markReleased(trx: Trx, id: number, message: string): Promise<void> {
  await trx
    .updateTable('trigger_requests')
    .set({ state: 'running', reason: null, message, released_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute()
}
