import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import { addCounts, noActivityCounts } from './activities/count-planned.ts'
import { activityCounts } from './activities/store.ts'
import type { ActivityCounts } from './activities/types.ts'
import { createdBy } from './create/store.ts'
import { writtenFor } from './run-writes.ts'
import { type DecisionKind, decisionKinds } from './says.ts'

/** What the pushes of one run came to. */
export type PushTotals = {
  /** Cells by decision, each cell once. */
  decisions: Partial<Record<DecisionKind, number>>
  /** Records that were written because of this run, alone or together with others. */
  recordsWritten: number
  /** Records that the CRM did not have and that this run has created. */
  recordsCreated: number
  /** Contributions that are released and linked, or whose record is to be created, and wait to be pushed. */
  waiting: number
  /** Contributions held: by a pause, or until their contact is complete. */
  held: number
  /** Conversations that this run has logged on records, or whose log it has changed or removed. */
  activities: ActivityCounts
  /** Calls to the CRM by the batches that pushed this run's contributions. */
  calls: { read: number; history: number; write: number }
}

/** The same of each connection that the run has something to say to, and of all together. */
export type RunPushes = PushTotals & { connections: Record<string, PushTotals> }

type Of<T> = { connection: string } & T

export const nothingPushed: RunPushes = { ...emptyTotals(), connections: {} }

function emptyTotals(): PushTotals {
  return {
    decisions: {},
    recordsWritten: 0,
    recordsCreated: 0,
    waiting: 0,
    held: 0,
    activities: noActivityCounts(),
    calls: { read: 0, history: 0, write: 0 },
  }
}

/**
 * Counts what a run has brought about in the CRMs so far. Conversations without a record count once for each connection, as
 * `no_record` or `ambiguous`, or `rejected` where theirs could not be created.
 */
export async function runPushes(db: Db, runId: number): Promise<RunPushes> {
  const [decisions, unlinked, open, written, created, calls, logged] = await Promise.all([
    decisionsOf(db, runId),
    unlinkedOf(db, runId),
    openOf(db, runId),
    writtenOf(db, runId),
    createdBy(db, runId),
    callsOf(db, runId),
    activityCounts(db, runId),
  ])
  const counted = [...decisions, ...unlinked]
  const connections: RunPushes['connections'] = {}
  for (const { connection } of [...counted, ...open, ...written, ...created, ...calls, ...logged])
    connections[connection] = emptyTotals()
  const all = emptyTotals()
  const add = (connection: string, change: (totals: PushTotals) => void) => {
    for (const totals of [all, connections[connection]]) if (totals) change(totals)
  }
  for (const { connection, decision, count } of counted)
    add(connection, (totals) => {
      totals.decisions[decision] = (totals.decisions[decision] ?? 0) + count
    })
  for (const { connection, records } of written)
    add(connection, (totals) => {
      totals.recordsWritten += records
    })
  for (const { connection, records } of created)
    add(connection, (totals) => {
      totals.recordsCreated += records
    })
  for (const { connection, waiting, held } of open)
    add(connection, (totals) => {
      totals.waiting += waiting
      totals.held += held
    })
  for (const { connection, read, history, write } of calls)
    add(connection, (totals) => {
      totals.calls.read += read
      totals.calls.history += history
      totals.calls.write += write
    })
  for (const { connection, ...counts } of logged) add(connection, ({ activities }) => addCounts(activities, counts))
  return { ...all, connections }
}

type Decided = Of<{ decision: DecisionKind; count: number }>

/** Of the decisions that several conversations saw on one cell, as `runCells` chooses. */
async function decisionsOf(db: Db, runId: number): Promise<Decided[]> {
  const { rows } = await sql<Decided>`
    select connection, decision, count(*)::int as count
    from (
      select distinct on (links.record_id, field) links.connection, decided.value ->> 'decision' as decision
      from contributions
      join links using (conversation_id, mapping)
      cross join lateral jsonb_each(contributions.decisions) as decided (field, value)
      where contributions.run_id = ${runId} and links.record_id is not null
      order by links.record_id, field, decided.value ->> 'by' is distinct from contributions.conversation_id,
        array_position(${[...decisionKinds]}::text[], decided.value ->> 'decision')
    ) as cells
    group by connection, decision
  `.execute(db)
  return rows
}

async function unlinkedOf(db: Db, runId: number): Promise<Decided[]> {
  return linkedTo(db, runId)
    .select((eb) => [
      'links.connection',
      sql<DecisionKind>`case when links.state = 'parked' then 'ambiguous' when ${isRejected} then 'rejected' else 'no_record' end`.as(
        'decision',
      ),
      eb.fn.countAll<number>().as('count'),
    ])
    .where('links.record_id', 'is', null)
    .where(sql<boolean>`not ${isToCreate}`)
    .groupBy(['links.connection', 'decision'])
    .execute()
}

/** Whether anything that a run has released waits to be pushed. */
export async function isWaiting(db: Db, runId: number): Promise<boolean> {
  const waiting = linkedTo(db, runId).select('contributions.id').where('contributions.state', '=', 'pending')
  return (await waiting.where('links.record_id', 'is not', null).limit(1).executeTakeFirst()) !== undefined
}

async function openOf(db: Db, runId: number): Promise<Of<{ waiting: number; held: number }>[]> {
  return linkedTo(db, runId)
    .select((eb) => [
      'links.connection',
      eb.fn.countAll<number>().filterWhere('contributions.state', '=', 'pending').as('waiting'),
      eb.fn.countAll<number>().filterWhere('contributions.state', '=', 'held').as('held'),
    ])
    .where('contributions.state', 'in', ['pending', 'held'])
    .where(sql<boolean>`(links.record_id is not null or ${isToCreate})`)
    .groupBy('links.connection')
    .execute()
}

/** Whether its record was to be created, and the CRM has refused it. */
const isRejected = sql<boolean>`coalesce(contributions.decisions @? '$.*.decision ? (@ == "rejected")', false)`

/** Whether its record is still to be created. */
const isToCreate = sql<boolean>`exists (
  select from creation_marks
  where creation_marks.conversation_id = contributions.conversation_id and creation_marks.mapping = contributions.mapping
    and contributions.state = 'pending' and links.record_id is null
)`

/** The contributions of a run, with the links through which they reach records. */
function linkedTo(db: Db, runId: number) {
  return db
    .selectFrom('contributions')
    .innerJoin('links', (join) =>
      join
        .onRef('links.conversation_id', '=', 'contributions.conversation_id')
        .onRef('links.mapping', '=', 'contributions.mapping'),
    )
    .where('contributions.run_id', '=', runId)
}

async function writtenOf(db: Db, runId: number): Promise<Of<{ records: number }>[]> {
  return db
    .selectFrom('ledger')
    .select((eb) => ['connection', eb.fn.count<number>('record_id').distinct().as('records')])
    .where(writtenFor(runId))
    .groupBy('connection')
    .execute()
}

async function callsOf(db: Db, runId: number): Promise<Of<PushTotals['calls']>[]> {
  const pushes = db
    .selectFrom('contributions')
    .select('push_id')
    .distinct()
    .where('run_id', '=', runId)
    .where('push_id', 'is not', null)
  return db
    .selectFrom('pushes')
    .select((eb) => [
      'connection',
      eb.fn.sum<number>('read_calls').as('read'),
      eb.fn.sum<number>('history_calls').as('history'),
      eb.fn.sum<number>('write_calls').as('write'),
    ])
    .where('id', 'in', pushes)
    .groupBy('connection')
    .execute()
}
