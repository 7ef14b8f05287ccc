import { sql } from 'kysely'
import { type Db, json, type Trx } from '../db/index.ts'
import type { Usage } from './completion.ts'

export type NewAttempt = { purpose: 'analysis'; conversationId: string; runId: number; model: string }
export type EndedAttempt = {
  id: number
  /** The completion's outcome, or the code of the error that stood in its place. */
  outcome: string
  requestId: string | null
  usage: Usage
  costUsd: number | null
}

/**
 * Notes that a model is about to be asked, in a statement of its own, so that spend after a crash is visible: an attempt
 * that never ended may have been billed. Twice makes two.
 */
export async function startAttempt(db: Db, attempt: NewAttempt): Promise<number> {
  const row = await db
    .insertInto('attempts')
    .values({
      purpose: attempt.purpose,
      conversation_id: attempt.conversationId,
      run_id: attempt.runId,
      model: attempt.model,
      state: 'started',
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** Notes what came of attempts, all in one statement, in the transaction that keeps their results. Twice is safe: the first ending stands. */
export async function endAttempts(db: Db | Trx, ended: EndedAttempt[]): Promise<void> {
  if (ended.length === 0) return
  const rows = ended.map(({ id, outcome, requestId, usage, costUsd }) => ({
    id,
    outcome,
    request_id: requestId,
    input_tokens: usage.inputTokens,
    cached_tokens: usage.cachedTokens,
    output_tokens: usage.outputTokens,
    cost_usd: costUsd,
  }))
  await sql`
    update attempts
    set state = 'ended', outcome = ended.outcome, request_id = ended.request_id, input_tokens = ended.input_tokens,
      cached_tokens = ended.cached_tokens, output_tokens = ended.output_tokens, cost_usd = ended.cost_usd, ended_at = now()
    from jsonb_to_recordset(${json(rows)}::jsonb) as ended(
      id bigint, outcome text, request_id text, input_tokens integer, cached_tokens integer, output_tokens integer,
      cost_usd numeric)
    where attempts.id = ended.id and attempts.state = 'started'`.execute(db)
}
