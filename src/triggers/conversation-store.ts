import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { AnalysisResult } from '../analysis/index.ts'
import { isThere } from '../conversations/index.ts'
import type { Database, Db, Trx } from '../db/index.ts'
import type { RequestConversation } from './types.ts'

/** Fixes which conversations a request reruns; given newest first, they keep that order. */
export async function insertConversations(trx: Trx, requestId: number, conversationIds: string[]): Promise<void> {
  await trx
    .insertInto('trigger_conversations')
    .values(conversationIds.map((conversation_id, seq) => ({ request_id: requestId, seq, conversation_id })))
    .execute()
}

/** Those that have not been rerun yet. */
export async function openConversations(db: Db, requestId: number): Promise<string[]> {
  const rows = await db
    .selectFrom('trigger_conversations')
    .select('conversation_id')
    .where('request_id', '=', requestId)
    .where('done_at', 'is', null)
    .orderBy('seq')
    .execute()
  return rows.map((row) => row.conversation_id)
}

/** Notes how one ended, in the transaction that keeps its analysis. */
export async function closeConversation(
  db: Db | Trx,
  requestId: number,
  { conversationId, outcome, reason, number, cached, costUsd }: Omit<AnalysisResult, 'analysisId' | 'fields'>,
): Promise<void> {
  await db
    .updateTable('trigger_conversations')
    .set({
      outcome,
      reason: reason ?? null,
      analysis_number: number ?? null,
      cached,
      cost_usd: costUsd,
      done_at: sql<Date>`now()`,
    })
    .where('request_id', '=', requestId)
    .where('conversation_id', '=', conversationId)
    .where('done_at', 'is', null)
    .execute()
}

/** All of them, newest first; deleted ones are left out. */
export async function selectConversations(db: Db, requestId: number): Promise<RequestConversation[]> {
  const rows = await db
    .selectFrom('trigger_conversations as asked')
    .innerJoin('conversations', 'conversations.id', 'asked.conversation_id')
    .selectAll('asked')
    .select(['conversations.kind', 'conversations.spoken_at'])
    .where('asked.request_id', '=', requestId)
    .where(isThere)
    .orderBy('asked.seq')
    .execute()
  return rows.map(toConversation)
}

type Row = Selectable<Database['trigger_conversations']> &
  Pick<Selectable<Database['conversations']>, 'kind' | 'spoken_at'>

function toConversation(row: Row): RequestConversation {
  return {
    conversationId: row.conversation_id,
    kind: row.kind,
    spokenAt: row.spoken_at,
    outcome: row.outcome,
    reason: row.reason,
    analysisNumber: row.analysis_number,
    cached: row.cached,
    costUsd: row.cost_usd,
  }
}
