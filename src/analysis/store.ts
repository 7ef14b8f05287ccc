import { sql } from 'kysely'
import { type Db, json, type Trx } from '../db/index.ts'
import { toFields } from './load-store.ts'
import { engineVersion } from './request-hash.ts'
import type { AnalysisInput, FreshExtraction } from './types.ts'
import type { Fields } from './verdict.ts'

export type StoredAnalysis = { id: number; number: number; fields: Fields }

/** The newest ok analysis that answers the same request: any kept or previewed one, but when forced only the run's own. */
export async function findReusable(
  db: Db,
  input: AnalysisInput,
  requestHash: string,
): Promise<StoredAnalysis | undefined> {
  const row = await db
    .selectFrom('analyses')
    .select(['id', 'number', 'fields'])
    .where('conversation_id', '=', input.conversationId)
    .where('request_hash', '=', requestHash)
    .where('outcome', '=', 'ok')
    .$if(input.force === true, (query) => query.where('run_id', '=', input.runId))
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { id: row.id, number: row.number, fields: toFields(row.fields) }
}

/** Holds these conversations against other writers of their analyses until the transaction ends; returns those that exist. */
export async function lockConversations(trx: Trx, conversationIds: string[]): Promise<Set<string>> {
  if (conversationIds.length === 0) return new Set()
  const rows = await trx
    .selectFrom('conversations')
    .select('id')
    .where('id', 'in', conversationIds)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  return new Set(rows.map((row) => row.id))
}

/** Ok analyses that these runs have already stored for these very requests, by conversation: a job that ran twice. */
export async function findTwins(trx: Trx, fresh: FreshExtraction[]): Promise<Map<string, StoredAnalysis>> {
  const asked = fresh.map(({ input, requestHash }) => ({
    conversation_id: input.conversationId,
    request_hash: requestHash,
    run_id: input.runId,
  }))
  const { rows } = await sql<{ conversation_id: string; id: number; number: number; fields: Record<string, unknown> }>`
    select conversation_id, id, number, fields
    from analyses
    join jsonb_to_recordset(${json(asked)}::jsonb) as asked(conversation_id text, request_hash text, run_id bigint)
      using (conversation_id, request_hash, run_id)
    where outcome = 'ok'`.execute(trx)
  return new Map(
    rows.map(({ conversation_id, id, number, fields }) => [conversation_id, { id, number, fields: toFields(fields) }]),
  )
}

/** Takes `current` from every analysis of these conversations but those about to have it again. */
export async function clearCurrent(trx: Trx, conversationIds: string[], except: number[]): Promise<void> {
  if (conversationIds.length === 0) return
  await trx
    .updateTable('analyses')
    .set({ current: false })
    .where('conversation_id', 'in', conversationIds)
    .where('current', '=', true)
    .$if(except.length > 0, (query) => query.where('id', 'not in', except))
    .execute()
}

/** Makes stored analyses current. A preview among them becomes the word of the run that keeps it. */
export async function keepStored(trx: Trx, kept: { id: number; runId: number }[], keptAt: Date): Promise<void> {
  if (kept.length === 0) return
  const rows = kept.map(({ id, runId }) => ({ id, run_id: runId }))
  await sql`
    update analyses
    set current = true,
      run_id = case when kept_at is null then kept.run_id else analyses.run_id end,
      kept_at = coalesce(kept_at, ${keptAt})
    from jsonb_to_recordset(${json(rows)}::jsonb) as kept(id bigint, run_id bigint)
    where analyses.id = kept.id and not current`.execute(trx)
}

/** Appends analyses, each with the next number of its conversation; returns them by conversation. Needs the lock. */
export async function insertAnalyses(
  trx: Trx,
  fresh: FreshExtraction[],
  keptAt: Date,
): Promise<Map<string, StoredAnalysis>> {
  if (fresh.length === 0) return new Map()
  const rows = await trx
    .insertInto('analyses')
    .values(fresh.map((extraction) => toRow(extraction, keptAt)))
    .returning(['conversation_id', 'id', 'number', 'fields'])
    .execute()
  return new Map(
    rows.map(({ conversation_id, id, number, fields }) => [conversation_id, { id, number, fields: toFields(fields) }]),
  )
}

function toRow(extraction: FreshExtraction, keptAt: Date) {
  const { input, outcome, attempt } = extraction
  const kept = input.keep !== false
  return {
    conversation_id: input.conversationId,
    number: sql<number>`(select coalesce(max(number), 0) + 1 from analyses where conversation_id = ${input.conversationId})`,
    run_id: input.runId,
    kept_at: kept ? keptAt : null,
    current: kept && outcome === 'ok',
    request_hash: extraction.requestHash,
    config_hash: input.config.hash,
    agent_version: input.config.version,
    engine: engineVersion,
    model: extraction.model,
    outcome,
    fields: json(extraction.fields),
    successful: extraction.successful,
    sentiment: extraction.sentiment,
    started_at: extraction.startedAt,
    attempt_id: attempt.id,
    cost_usd: attempt.costUsd ?? 0,
  }
}
