import { type Selectable, sql } from 'kysely'
import { analysedBy, setCurrent } from '../analysis/index.ts'
import { type Actor, startRun } from '../audit/index.ts'
import { type Database, type Db, type Trx, transact } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'
import type { SyncAnnouncements } from './announcements.ts'
import { linkedRecords, moveRun, restoreRun } from './contribution-store.ts'
import { markRecords, priorities } from './marks.ts'

/**
 * Withdraws a run: what it released no longer counts, analyses go back, and every record it reached is folded again. Where a
 * later run, conversation or edit decides, nothing changes there. Undo is a run itself and can be undone, which brings the
 * first one back. Undoing what is undone already throws `run.undone` (409). Returns the id of the new run.
 */
export async function undoRun(
  deps: { db: Db; next: SyncAnnouncements },
  input: { runId: number; actor: Actor; reason: string },
): Promise<{ runId: number; records: number }> {
  return transact(deps.db, async (trx) => {
    const run = await trx.selectFrom('runs').selectAll().where('id', '=', input.runId).forUpdate().executeTakeFirst()
    if (!run) throw notFound('run', String(input.runId))
    const runId = await startRun(trx, { kind: 'undo', actor: input.actor, reason: input.reason, undoes: run.id })
    const withdrawn = await trx
      .updateTable('runs')
      .set({ undone_by: runId })
      .where('id', '=', run.id)
      .where('undone_by', 'is', null)
      .executeTakeFirst()
    if (withdrawn.numUpdatedRows === 0n) {
      throw new AppError('run.undone', 'skip', `run ${run.id} is undone already, by run ${run.undone_by}`, {
        status: 409,
      })
    }
    const moved = await withdraw(trx, run)
    const records = await linkedRecords(trx, moved)
    for (const connection of new Set(records.map((record) => record.connection))) {
      const recordIds = records.filter((record) => record.connection === connection).map((record) => record.recordId)
      await markRecords(trx, { connection, recordIds, priority: priorities.interactive, reason: 'undo', runId })
      deps.next.recordsMarked(trx, connection)
    }
    return { runId, records: records.length }
  })
}

type Run = Pick<Selectable<Database['runs']>, 'id' | 'undoes'>

/** What an undone run did is out of force. Of an undo, that is what it had undone: it comes back. Returns what moved. */
async function withdraw(trx: Trx, run: Run): Promise<number[]> {
  if (run.undoes !== null) return bringBack(trx, run.undoes)
  // What is held is not in force yet: it stays held, and still does when the run comes back.
  const moved = await moveRun(trx, run.id, ['pending', 'current', 'superseded'], 'undone')
  await resetCurrent(trx, run.id)
  return moved
}

/** A run comes back, unless another undo of it is in force: one may have come back itself. */
async function bringBack(trx: Trx, runId: number): Promise<number[]> {
  const run = await trx
    .updateTable('runs')
    .set((eb) => ({
      undone_by: eb
        .selectFrom('runs as undo')
        .select((inner) => inner.fn.min('undo.id').as('id'))
        .where('undo.undoes', '=', runId)
        .where('undo.undone_by', 'is', null),
    }))
    .where('id', '=', runId)
    .returning(['id', 'undoes', 'undone_by'])
    .executeTakeFirstOrThrow()
  if (run.undone_by !== null) return []
  if (run.undoes !== null) return undoAgain(trx, run.id, run.undoes)
  const moved = await restoreRun(trx, run.id)
  await resetCurrent(trx, run.id)
  return moved
}

/** An undo that is in force again undoes its run again, unless another one has done so meanwhile. */
async function undoAgain(trx: Trx, undoId: number, runId: number): Promise<number[]> {
  const undone = trx.updateTable('runs').set({ undone_by: undoId }).where('id', '=', runId)
  const run = await undone.where('undone_by', 'is', null).returning(['id', 'undoes']).executeTakeFirst()
  return run ? withdraw(trx, run) : []
}

/** The current analysis of a conversation is the one that the newest run not undone released. */
async function resetCurrent(trx: Trx, runId: number): Promise<void> {
  const analysed = await analysedBy(trx, runId)
  const named = await trx
    .selectFrom('contributions')
    .select('conversation_id')
    .distinct()
    .where('run_id', '=', runId)
    .execute()
  const ids = [...new Set([...analysed, ...named.map((row) => row.conversation_id)])].sort()
  if (ids.length === 0) return
  // An analysis is the word of the run that made it, and of every run that it answered from the cache.
  const { rows } = await sql<{ conversation_id: string; analysis_id: number }>`
    select distinct on (analyses.conversation_id) analyses.conversation_id, analyses.id as analysis_id
    from analyses
    cross join lateral (
      select analyses.run_id
      union
      select run_id from contributions
      where conversation_id = analyses.conversation_id and analysis_id = analyses.id and state not in ('held', 'undone')
    ) as released
    join runs on runs.id = released.run_id
    where analyses.conversation_id = any(${ids}) and analyses.outcome = 'ok' and analyses.kept_at is not null
      and runs.undone_by is null
    order by analyses.conversation_id, runs.id desc, analyses.number desc
  `.execute(trx)
  const newest = new Map(rows.map((row) => [row.conversation_id, row.analysis_id]))
  await setCurrent(
    trx,
    ids.map((conversationId) => ({ conversationId, analysisId: newest.get(conversationId) ?? null })),
  )
}
