import { type Selectable, sql } from 'kysely'
import { releasedRuns } from '../analysis/index.ts'
import type { Database, Db, Trx } from '../db/index.ts'

export type Run = Pick<Selectable<Database['runs']>, 'id' | 'kind' | 'undoes' | 'undone_by'>

const columns = ['id', 'kind', 'undoes', 'undone_by'] as const

/** A run, locked until the transaction ends. */
export async function lockRun(trx: Trx, runId: number): Promise<Run | undefined> {
  return trx.selectFrom('runs').select(columns).where('id', '=', runId).forUpdate().executeTakeFirst()
}

/** Takes a run out of force; undefined where it is out of force already. */
export async function withdrawRun(trx: Trx, runId: number, undoId: number): Promise<Run | undefined> {
  return trx
    .updateTable('runs')
    .set({ undone_by: undoId })
    .where('id', '=', runId)
    .where('undone_by', 'is', null)
    .returning(columns)
    .executeTakeFirst()
}

/** Puts a run back in force, unless another undo of it is: that one's id then stands in `undone_by`. */
export async function reinstateRun(trx: Trx, runId: number): Promise<Run> {
  return trx
    .updateTable('runs')
    .set((eb) => ({
      undone_by: eb
        .selectFrom('runs as undo')
        .select((inner) => inner.fn.min('undo.id').as('id'))
        .where('undo.undoes', '=', runId)
        .where('undo.undone_by', 'is', null),
    }))
    .where('id', '=', runId)
    .returning(columns)
    .executeTakeFirstOrThrow()
}

/** A conversation on a record that it is linked to, or was until now; with an item, only what that says there. */
export type TouchedLink = {
  conversationId: string
  mapping: string
  connection: string
  recordId: number
  item?: string
}

/** The links of these conversations that have a record. */
export async function linksOf(trx: Trx, conversationIds: readonly string[]): Promise<TouchedLink[]> {
  const rows = await trx
    .selectFrom('links')
    .select(['conversation_id', 'mapping', 'connection', 'record_id'])
    .where(sql<boolean>`conversation_id = any(${[...conversationIds]})`)
    .execute()
  return rows.flatMap(({ conversation_id, record_id, ...link }) =>
    record_id === null ? [] : [{ ...link, conversationId: conversation_id, recordId: record_id }],
  )
}

/** The links that a correction reaches, where the run is one or, through any number of undos, undoes one. */
export async function correctedLinks(trx: Trx, runId: number): Promise<TouchedLink[]> {
  const { rows } = await sql<TouchedLink>`
    with recursive ${chainOf(runId)}
    select links.conversation_id as "conversationId", links.mapping, links.connection, links.record_id as "recordId", corrections.item
    from chain
    join corrections on corrections.run_id = chain.id
    join links on links.conversation_id = corrections.conversation_id
    where links.record_id is not null
  `.execute(trx)
  return rows
}

/** Per conversation the analysis that the newest run in force released. */
export async function newestAnalyses(trx: Trx, conversationIds: string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ conversation_id: string; analysis_id: number }>`
    select distinct on (analyses.conversation_id) analyses.conversation_id, analyses.id as analysis_id
    from analyses
    cross join lateral ${releasedRuns} as released
    join runs on runs.id = released.run_id
    where analyses.conversation_id = any(${conversationIds}) and analyses.outcome = 'ok' and analyses.kept_at is not null
      and runs.undone_by is null
    order by analyses.conversation_id, runs.id desc, analyses.number desc
  `.execute(trx)
  return new Map(rows.map((row) => [row.conversation_id, row.analysis_id]))
}

export type Reached = { recordId: number; connection: string; object: string }

/** The records that a run can reach behind `after`, in the order of their ids; of an undo, those of the run it is about. */
export async function reachedByRun(db: Db, runId: number, after: number, most: number): Promise<Reached[]> {
  const { rows } = await sql<Reached>`
    with recursive ${chainOf(runId)}, reached as (
      select links.record_id from chain
      join contributions on contributions.run_id = chain.id and chain.undoes is null
      join links using (conversation_id, mapping)
      union
      select links.record_id from chain
      cross join lateral (
        select conversation_id from deletions where run_id = chain.id
        union select conversation_id from corrections where run_id = chain.id
      ) as touched
      join links using (conversation_id)
      union
      -- Of a link that persons decided: what it is, what they said of it, and what the steps had found.
      select places.record_id from chain
      join resolutions as own on own.run_id = chain.id
      cross join lateral (
        select record_id from links where conversation_id = own.conversation_id and mapping = own.mapping
        union select record_id from resolutions where conversation_id = own.conversation_id and mapping = own.mapping
        union select record_id from overruled_links where conversation_id = own.conversation_id and mapping = own.mapping
      ) as places
    )
    select distinct crm_records.id as "recordId", crm_records.connection, crm_records.object
    from reached
    join crm_records as asked on asked.id = reached.record_id
    join crm_records on crm_records.id = coalesce(asked.merged_into, asked.id)
    where crm_records.id > ${after}
    order by crm_records.id
    limit ${most}
  `.execute(db)
  return rows
}

/** A run with those that it undoes, one behind the other, as a table `chain` of (id, undoes). */
function chainOf(runId: number) {
  return sql`chain as (
      select id, undoes from runs where id = ${runId}
      union all
      select runs.id, runs.undoes from runs join chain on runs.id = chain.undoes
    )`
}
