import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import { writtenFor } from './run-writes.ts'
import { type DecisionKind, decisionKinds } from './says.ts'

/** What the pushes of one run came to. */
export type RunPushes = {
  /** Cells by decision, each cell once. */
  decisions: Partial<Record<DecisionKind, number>>
  /** Records that were written because of this run, alone or together with others. */
  recordsWritten: number
  /** Contributions that are released and linked, and wait to be pushed. */
  waiting: number
  /** Contributions held: by a pause, or until their contact is complete. */
  held: number
  /** Calls to the CRM by the batches that pushed this run's contributions. */
  calls: { read: number; history: number; write: number }
}

/** Counts what a run has brought about in the CRMs so far. Conversations without a record count once, as `no_record` or `ambiguous`. */
export async function runPushes(db: Db, runId: number): Promise<RunPushes> {
  const [decisions, unlinked, open, written, calls] = await Promise.all([
    decisionsOf(db, runId),
    unlinkedOf(db, runId),
    openOf(db, runId),
    db
      .selectFrom('ledger')
      .select((eb) => eb.fn.count<number>('record_id').distinct().as('records'))
      .where(writtenFor(runId))
      .executeTakeFirstOrThrow(),
    callsOf(db, runId),
  ])
  return { decisions: { ...decisions, ...unlinked }, recordsWritten: written.records, ...open, calls }
}

/** Of the decisions that several conversations saw on one cell, as `runCells` chooses. */
async function decisionsOf(db: Db, runId: number): Promise<RunPushes['decisions']> {
  const { rows } = await sql<{ decision: DecisionKind; cells: number }>`
    select decision, count(*)::int as cells
    from (
      select distinct on (links.record_id, field) decided.value ->> 'decision' as decision
      from contributions
      join links using (conversation_id, mapping)
      cross join lateral jsonb_each(contributions.decisions) as decided (field, value)
      where contributions.run_id = ${runId} and links.record_id is not null
      order by links.record_id, field, decided.value ->> 'by' is distinct from contributions.conversation_id,
        array_position(${[...decisionKinds]}::text[], decided.value ->> 'decision')
    ) as cells
    group by decision
  `.execute(db)
  return Object.fromEntries(rows.map((row) => [row.decision, row.cells]))
}

async function unlinkedOf(db: Db, runId: number): Promise<RunPushes['decisions']> {
  const rows = await db
    .selectFrom('contributions')
    .innerJoin('links', (join) =>
      join
        .onRef('links.conversation_id', '=', 'contributions.conversation_id')
        .onRef('links.mapping', '=', 'contributions.mapping'),
    )
    .select(['links.state', (eb) => eb.fn.countAll<number>().as('conversations')])
    .where('contributions.run_id', '=', runId)
    .where('links.record_id', 'is', null)
    .groupBy('links.state')
    .execute()
  return Object.fromEntries(rows.map((row) => [row.state === 'parked' ? 'ambiguous' : 'no_record', row.conversations]))
}

async function openOf(db: Db, runId: number): Promise<Pick<RunPushes, 'waiting' | 'held'>> {
  const row = await db
    .selectFrom('contributions')
    .innerJoin('links', (join) =>
      join
        .onRef('links.conversation_id', '=', 'contributions.conversation_id')
        .onRef('links.mapping', '=', 'contributions.mapping'),
    )
    .select((eb) => [
      eb.fn.countAll<number>().filterWhere('contributions.state', '=', 'pending').as('waiting'),
      eb.fn.countAll<number>().filterWhere('contributions.state', '=', 'held').as('held'),
    ])
    .where('contributions.run_id', '=', runId)
    .where('contributions.state', 'in', ['pending', 'held'])
    .where('links.record_id', 'is not', null)
    .executeTakeFirstOrThrow()
  return row
}

async function callsOf(db: Db, runId: number): Promise<RunPushes['calls']> {
  const pushes = db
    .selectFrom('contributions')
    .select('push_id')
    .distinct()
    .where('run_id', '=', runId)
    .where('push_id', 'is not', null)
  const row = await db
    .selectFrom('pushes')
    .select((eb) => [
      eb.fn.coalesce(eb.fn.sum<number>('read_calls'), sql<number>`0`).as('read'),
      eb.fn.coalesce(eb.fn.sum<number>('history_calls'), sql<number>`0`).as('history'),
      eb.fn.coalesce(eb.fn.sum<number>('write_calls'), sql<number>`0`).as('write'),
    ])
    .where('id', 'in', pushes)
    .executeTakeFirstOrThrow()
  return row
}
