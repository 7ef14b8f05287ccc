import { sql } from 'kysely'
import { type Actor, recordEntry } from '../audit/index.ts'
import { type Db, type Trx, transact } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'
import type { SyncAnnouncements } from './announcements.ts'
import { linkedRecords } from './contribution-store.ts'
import { markUnfound } from './create/mark-unfound.ts'
import { markReached } from './mark-reached.ts'
import { priorities, retryReason } from './marks.ts'
import { failedKinds } from './run-failures.ts'
import { lockRun } from './undo-store.ts'

/**
 * Has tried again what a CRM refused of a run, or something set back again and again: the next push decides those cells anew, and
 * the run's report tells what came of it. What later runs have taken over is theirs. Nothing is written here, so twice is safe;
 * where nothing has failed, no record is marked. Throws 404, and `run.undone` (409).
 */
export async function retryRun(
  deps: { db: Db; next: SyncAnnouncements },
  { runId, actor }: { runId: number; actor: Actor },
): Promise<{ runId: number; records: number }> {
  return transact(deps.db, async (trx) => {
    const run = await lockRun(trx, runId)
    if (!run) throw notFound('run', String(runId))
    if (run.undone_by !== null) {
      const message = `run ${runId} is undone, by run ${run.undone_by}: there is nothing of it to try again`
      throw new AppError('run.undone', 'skip', message, { status: 409 })
    }
    const reopened = await reopen(trx, runId)
    await markUnfound(trx, runId, reopened.conversationIds, priorities.interactive)
    const reached = [...(await linkedRecords(trx, reopened.ids)), ...(await reopenUndone(trx, runId))]
    const records = await markReached(trx, deps.next, { reached, reason: retryReason, runId })
    const subject = { kind: 'run', id: String(runId) }
    await recordEntry(trx, { actor, action: 'run.retried', subject, runId, after: { records } })
    return { runId, records }
  })
}

const hasFailed = sql<boolean>`decision ->> 'decision' = any(${[...failedKinds]}::text[])`

/** Contributions with a cell that failed wait to be pushed once more; what became of their other cells stays. */
async function reopen(trx: Trx, runId: number): Promise<{ ids: number[]; conversationIds: string[] }> {
  const { rows } = await sql<{ id: number; conversationId: string }>`
    with failed as (
      select contributions.id
      from contributions
      where run_id = ${runId} and state = 'current'
        and exists (select from jsonb_each(contributions.decisions) as cell (field, decision) where ${hasFailed})
      order by id
      for update
    )
    update contributions
    set state = 'pending', decisions = (
      select coalesce(jsonb_object_agg(field, decision), '{}')
      from jsonb_each(contributions.decisions) as cell (field, decision) where not (${hasFailed})
    )
    from failed where contributions.id = failed.id
    returning contributions.id, contributions.conversation_id as "conversationId"
  `.execute(trx)
  return { ids: rows.map(({ id }) => id), conversationIds: rows.map(({ conversationId }) => conversationId) }
}

/** The same of an undo, which knows its cells by themselves. */
async function reopenUndone(trx: Trx, runId: number): Promise<{ connection: string; recordId: number }[]> {
  const { rows } = await sql<{ connection: string; recordId: number }>`
    update run_cells set before = null, after = null, decision = null
    from crm_records
    where run_cells.run_id = ${runId} and crm_records.id = run_cells.record_id and ${hasFailed}
    returning crm_records.connection, crm_records.id as "recordId"
  `.execute(trx)
  return rows
}
