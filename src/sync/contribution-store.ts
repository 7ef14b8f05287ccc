import { type Insertable, sql } from 'kysely'
import { type ContributionState, type Database, json, type Trx } from '../db/index.ts'
import { markUnfound } from './create/mark-unfound.ts'
import type { Decision } from './says.ts'

// Whoever changes several takes them by id, a push under way included: in two orders they could deadlock.

export type NewContribution = Insertable<Database['contributions']>

/** Whether a contribution was dropped: ended, but by no push. */
const isDropped = sql<boolean>`(state = 'undone' and decided_at is not null and push_id is null)`

/** What a push has done with the fields of a contribution while others were held: the next one finds it done, and did not do it. */
const alreadyDecided = sql`coalesce((
  select jsonb_object_agg(field, decision) from jsonb_each(contributions.decisions) as earlier (field, decision)
  where decision ->> 'decision' <> 'held'
), '{}')`

/** Adds contributions; a pending one supersedes what older runs had its conversation say to the mapping. */
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

type Naming = Pick<NewContribution, 'conversation_id' | 'mapping' | 'run_id'>

/** What older runs had said is out of date. What still waits for its push is left to it, or its run's report would miss the decision. */
async function supersede(trx: Trx, by: readonly Naming[]): Promise<void> {
  if (by.length === 0) return
  await sql`
    with older as (
      select contributions.id
      from contributions
      join unnest(
        ${by.map((row) => row.conversation_id)}::text[], ${by.map((row) => row.mapping)}::text[], ${by.map((row) => row.run_id)}::bigint[]
      ) as newer (conversation_id, mapping, run_id) using (conversation_id, mapping)
      where contributions.run_id < newer.run_id and contributions.state = 'current'
      order by contributions.id
      for update of contributions
    )
    update contributions set state = 'superseded' from older where contributions.id = older.id
  `.execute(trx)
}

/** The conversations that a run's contributions speak for; of those that are held, where told so. */
export async function namedBy(trx: Trx, runId: number, which: 'all' | 'held' = 'all'): Promise<string[]> {
  const rows = await trx
    .selectFrom('contributions')
    .select('conversation_id')
    .distinct()
    .where('run_id', '=', runId)
    .$if(which === 'held', (query) => query.where('state', '=', 'held'))
    .execute()
  return rows.map((row) => row.conversation_id)
}

/** What a run holds of these conversations is released. Returns the linked records by connection. */
export async function releaseHeld(
  trx: Trx,
  runId: number,
  conversationIds: string[],
): Promise<{ connection: string; recordId: number }[]> {
  // One at a time per conversation, as where they are made.
  await trx
    .selectFrom('conversations')
    .select('id')
    .where(sql<boolean>`id = any(${conversationIds})`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  const held = await trx
    .selectFrom('contributions')
    .select(['id', 'conversation_id', 'mapping', 'run_id'])
    .where('run_id', '=', runId)
    .where('state', '=', 'held')
    .where(sql<boolean>`conversation_id = any(${conversationIds})`)
    .orderBy('conversation_id')
    .forUpdate()
    .execute()
  if (held.length === 0) return []
  await supersede(trx, held)
  const ids = held.map((row) => row.id)
  await trx.updateTable('contributions').set({ state: 'pending' }).where(sql<boolean>`id = any(${ids})`).execute()
  await markUnfound(trx, runId, conversationIds)
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
    .where(sql<boolean>`contributions.id = any(${ids})`)
    .where('links.record_id', 'is not', null)
    .execute()
  return rows.flatMap(({ connection, record_id }) => (record_id === null ? [] : [{ connection, recordId: record_id }]))
}

/** What a push decided on one contribution, per field. */
export type Decided = { id: number; decisions: Record<string, Decision> }

/** Stores decisions. What was paused or cancelled on its way to the CRM has been pushed all the same; what was undone has not. */
export async function decideContributions(trx: Trx, pushId: string, decided: readonly Decided[]): Promise<void> {
  await sql`
    with ours as (
      select contributions.id, decided.decisions
      from contributions
      join jsonb_to_recordset(${json(decided)}::jsonb) as decided (id bigint, decisions jsonb) using (id)
      where state in ('pending', 'held') or ${isDropped}
      order by contributions.id
      for update of contributions
    )
    update contributions
    set state = 'current', decisions = ours.decisions || ${alreadyDecided}, push_id = ${pushId}, decided_at = now()
    from ours where contributions.id = ours.id
  `.execute(trx)
}

/** Stores what was decided of contributions that still wait because a cell of theirs is held: the rest of them is done. */
export async function decideInPart(trx: Trx, decided: readonly Decided[]): Promise<void> {
  if (decided.length === 0) return
  await sql`
    with ours as (
      select contributions.id, decided.decisions
      from contributions
      join jsonb_to_recordset(${json(decided)}::jsonb) as decided (id bigint, decisions jsonb) using (id)
      where state in ('pending', 'held')
      order by contributions.id
      for update of contributions
    )
    update contributions set decisions = ours.decisions || ${alreadyDecided}
    from ours where contributions.id = ours.id
  `.execute(trx)
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

/** What an undo took from a run counts again; what was dropped does not. Of these records, or of all. Returns the ids it moved. */
export async function restoreRun(trx: Trx, runId: number, recordIds?: readonly number[]): Promise<number[]> {
  const rows = await trx
    .updateTable('contributions')
    .set({ state: 'superseded' })
    .where('run_id', '=', runId)
    .where('state', '=', 'undone')
    .where(sql<boolean>`not ${isDropped}`)
    .$if(recordIds !== undefined, (query) => query.where(speaksFor(recordIds)))
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

/** Moves the contributions of a run that are in one of `from`: those that speak for these records, or all. Returns the ids it moved. */
export async function moveRun(
  trx: Trx,
  runId: number,
  from: ContributionState[],
  to: ContributionState,
  recordIds?: readonly number[],
): Promise<number[]> {
  const rows = await trx
    .updateTable('contributions')
    .set({ state: to })
    .where('id', 'in', ({ selectFrom }) =>
      selectFrom('contributions')
        .select('id')
        .where('run_id', '=', runId)
        .where('state', 'in', from)
        .$if(recordIds !== undefined, (query) => query.where(speaksFor(recordIds)))
        .orderBy('id')
        .forUpdate(),
    )
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

function speaksFor(recordIds: readonly number[] = []) {
  return sql<boolean>`conversation_id in (select conversation_id from links where record_id = any(${recordIds}::bigint[]))`
}
