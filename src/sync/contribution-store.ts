import { type ExpressionBuilder, type Insertable, sql } from 'kysely'
import type { ContributionState, Database, Trx } from '../db/index.ts'

export type NewContribution = Insertable<Database['contributions']>

/** Adds contributions; a pending one supersedes what its conversation had said to the mapping before. */
export async function insertContributions(trx: Trx, rows: NewContribution[]): Promise<void> {
  const sorted = [...rows].sort((a, b) => (a.conversation_id < b.conversation_id ? -1 : 1))
  await supersede(
    trx,
    sorted.filter((row) => row.state === 'pending'),
  )
  await trx
    .insertInto('contributions')
    .values(sorted)
    .onConflict((conflict) => conflict.columns(['conversation_id', 'mapping', 'run_id']).doNothing())
    .execute()
}

async function supersede(trx: Trx, rows: readonly Pick<NewContribution, 'conversation_id' | 'mapping' | 'run_id'>[]) {
  if (rows.length === 0) return
  await trx
    .updateTable('contributions')
    .set({ state: 'superseded' })
    .where((eb) =>
      eb.or(
        rows.map((row) =>
          eb.and([
            eb('conversation_id', '=', row.conversation_id),
            eb('mapping', '=', row.mapping),
            eb('run_id', '<>', row.run_id),
          ]),
        ),
      ),
    )
    .where('state', 'in', ['pending', 'current'])
    .execute()
}

/** What a run holds of these conversations is released. Returns the linked records by connection. */
export async function releaseHeld(
  trx: Trx,
  runId: number,
  conversationIds: string[],
): Promise<{ connection: string; recordId: number }[]> {
  // One at a time per conversation, as where they are made: or two runs could each leave one pending.
  await trx
    .selectFrom('conversations')
    .select('id')
    .where('id', 'in', conversationIds)
    .orderBy('id')
    .forUpdate()
    .execute()
  const held = await trx
    .selectFrom('contributions')
    .select(['id', 'conversation_id', 'mapping', 'run_id'])
    .where('run_id', '=', runId)
    .where('state', '=', 'held')
    .where('conversation_id', 'in', conversationIds)
    .orderBy('conversation_id')
    .forUpdate()
    .execute()
  if (held.length === 0) return []
  await supersede(trx, held)
  const ids = held.map((row) => row.id)
  await trx.updateTable('contributions').set({ state: 'pending' }).where('id', 'in', ids).execute()
  return linkedRecords(trx, ids)
}

/** The records that these contributions reach, each once per connection. */
export async function linkedRecords(trx: Trx, ids: number[]): Promise<{ connection: string; recordId: number }[]> {
  if (ids.length === 0) return []
  const rows = await trx
    .selectFrom('contributions')
    .innerJoin('links', (join) =>
      join
        .onRef('links.conversation_id', '=', 'contributions.conversation_id')
        .onRef('links.mapping', '=', 'contributions.mapping'),
    )
    .select(['contributions.connection', 'links.record_id'])
    .distinct()
    .where('contributions.id', 'in', ids)
    .where('links.record_id', 'is not', null)
    .execute()
  return rows.flatMap(({ connection, record_id }) => (record_id === null ? [] : [{ connection, recordId: record_id }]))
}

/** What a run had released and nobody has pushed yet is held: it is paused. */
export async function holdRun(trx: Trx, runId: number): Promise<void> {
  await moveRun(trx, runId, ['pending'], 'held')
}

/** What a run holds is dropped for good: it was cancelled. See `isDropped` for how it is known from what was undone. */
export async function dropHeld(trx: Trx, runId: number): Promise<void> {
  const dropped = trx.updateTable('contributions').set({ state: 'undone', decided_at: sql<Date>`now()` })
  await dropped.where('run_id', '=', runId).where('state', '=', 'held').execute()
}

/** What an undo took from a run counts again; what was dropped does not. Returns the ids it moved. */
export async function restoreRun(trx: Trx, runId: number): Promise<number[]> {
  const rows = await trx
    .updateTable('contributions')
    .set({ state: 'superseded' })
    .where('run_id', '=', runId)
    .where('state', '=', 'undone')
    .where((eb) => eb.not(isDropped(eb)))
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

/** Whether a contribution was dropped: ended, but by no push. */
export function isDropped(eb: ExpressionBuilder<Database, 'contributions'>) {
  return eb.and([eb('state', '=', 'undone'), eb('decided_at', 'is not', null), eb('push_id', 'is', null)])
}

/** Moves the contributions of a run that are in one of `from`. Returns the ids it moved. */
export async function moveRun(
  trx: Trx,
  runId: number,
  from: ContributionState[],
  to: ContributionState,
): Promise<number[]> {
  const rows = await trx
    .updateTable('contributions')
    .set({ state: to })
    .where('run_id', '=', runId)
    .where('state', 'in', from)
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}
