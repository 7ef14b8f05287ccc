import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { readRefusal } from '../limits/index.ts'

/** What lies with the limits, the provider or its key, never with the conversation: it passes, or somebody mends it. */
const passing = new Set([
  'spending.limit',
  'model.no_price',
  'model.quota',
  'model.rate_limited',
  'model.unauthorized',
  'model.forbidden',
  'model.unknown',
  'model.unmapped',
])
/** Where nobody says when: a rate recovers by itself; for the rest, soon after credit was bought, and seldom enough to bother nobody. */
const retryMs = { rate: 30_000, other: 5 * 60_000 }

/**
 * Puts an analysis aside that could not be asked for, with the reason and when it is taken up again: `takeUpParked` does, and the
 * transaction that keeps the analysis takes it away. Again while it waits: the newest reason counts, from the first time on.
 * Returns false for an error that no waiting cures; then nothing is put aside.
 */
export async function parkAnalysis(
  deps: { db: Db; now: () => Date },
  { conversationId, runId }: { conversationId: string; runId: number },
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof AppError && passing.has(error.code))) return false
  const now = deps.now()
  const refusal = readRefusal(error)
  const retryAt =
    refusal?.resetsAt ??
    new Date(
      now.getTime() + (error.retryAfterMs ?? (error.code === 'model.rate_limited' ? retryMs.rate : retryMs.other)),
    )
  // Of a conversation that was erased meanwhile, nothing is put aside.
  await sql`
    insert into parked_analyses (conversation_id, run_id, code, why, needs_usd, since, retry_at)
    select conversations.id, ${runId}::bigint, ${error.code}, ${error.message}, ${refusal?.needsUsd ?? null}::numeric, ${now}::timestamptz, ${retryAt}::timestamptz
    from conversations where id = ${conversationId}
    on conflict (conversation_id, run_id) do update
    set code = excluded.code, why = excluded.why, needs_usd = excluded.needs_usd, retry_at = excluded.retry_at,
      taken_until = '-infinity'`.execute(deps.db)
  return true
}
