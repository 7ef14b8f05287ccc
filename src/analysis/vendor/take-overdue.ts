import { sql } from 'kysely'
import type { Trx } from '../../db/index.ts'

const mostAtOnce = 500

/**
 * Conversations whose vendor was to analyse them and has not, so that we do: each is told once, in the transaction that adds its job,
 * under the run that took it in. Those that were analysed meanwhile, by a rerun or a backfill, are left. Ask again after some seconds for more.
 */
export async function takeOverdue(
  trx: Trx,
  deps: { now: () => Date },
): Promise<{ conversationId: string; runId: number }[]> {
  const { rows } = await sql<{ conversationId: string; runId: number }>`
    with due as (
      delete from awaited_analyses where conversation_id in (
        select conversation_id from awaited_analyses where until <= ${deps.now()}::timestamptz
        order by until limit ${mostAtOnce} for update skip locked
      )
      returning conversation_id, run_id
    )
    select conversation_id as "conversationId", run_id as "runId" from due join runs on runs.id = run_id
    where undone_by is null and not exists (
      select from analyses where conversation_id = due.conversation_id and kept_at is not null and outcome = 'ok'
    )
    order by conversation_id`.execute(trx)
  return rows
}
