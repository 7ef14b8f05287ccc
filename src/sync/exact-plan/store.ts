import { sql } from 'kysely'
import type { Wire } from '../../crm/index.ts'
import { type Db, json, type Trx } from '../../db/index.ts'
import type { ActivityCounts } from '../activities/types.ts'
import type { Decision, DecisionKind } from '../says.ts'

/** What a plan says of one CRM field. Without `before`, the field was not looked at: nothing that can be pushed was said to it. */
export type PlannedField = { field: string; before?: Wire; after?: Wire; decision: Decision }

/** What a plan comes to, all records together. */
export type PlanTotals = {
  records: number
  /** Cells that would be written. */
  changes: number
  /** Cells by decision, per connection; conversations without a record count as `no_record` or `ambiguous`. */
  decisions: Record<string, Partial<Record<DecisionKind, number>>>
  /** Of them, records that the CRM does not have and that would be created, and their cells that would be written; per connection that has any. */
  creations?: Record<string, { records: number; cells: number }>
  /** Earlier conversations of these records that no run has asked for the fields: they stay out. */
  stayOut: number
  /** Conversations that would be logged, and logs that would change, per connection that has any. */
  activities?: Record<string, ActivityCounts>
  calls: { read: number; history: number }
}

export type Plan = {
  id: number
  /** Of all its rows; null until the plan is complete. */
  digest: string | null
  totals: PlanTotals
  madeAt: Date
  expiresAt: Date
}

export const noTotals: PlanTotals = {
  records: 0,
  changes: 0,
  decisions: {},
  stayOut: 0,
  calls: { read: 0, history: 0 },
}

/** Plans that are good for as long as this; what was planned earlier is planned again. */
const goodForDays = 7

export async function openPlan(trx: Trx): Promise<number> {
  const expires = sql<Date>`now() + make_interval(days => ${goodForDays})`
  const plan = trx
    .insertInto('plans')
    .values({ run_id: null, digest: null, totals: json(noTotals), expires_at: expires })
  return (await plan.returning('id').executeTakeFirstOrThrow()).id
}

export async function readPlan(db: Db, id: number): Promise<Plan | undefined> {
  const row = await db.selectFrom('plans').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) return undefined
  // Written by this file from a PlanTotals, and by nothing else.
  const totals = row.totals as PlanTotals
  return { id: row.id, digest: row.digest, totals, madeAt: row.made_at, expiresAt: row.expires_at }
}

export type Reached = { recordId: number; conversationId: string; step: string }

/** Notes which selected conversations reach which records. */
export async function noteReached(trx: Trx, planId: number, reached: readonly Reached[]): Promise<void> {
  if (reached.length === 0) return
  await sql`
    insert into plan_rows (plan_id, record_id, conversation_ids, steps)
    select ${planId}::bigint, record_id, array_agg(distinct conversation_id), array_agg(distinct step)
    from unnest(
      ${reached.map((each) => each.recordId)}::bigint[], ${reached.map((each) => each.conversationId)}::text[],
      ${reached.map((each) => each.step)}::text[]
    ) as reached (record_id, conversation_id, step)
    group by record_id order by record_id
    on conflict (plan_id, record_id) do update set
      conversation_ids = plan_rows.conversation_ids || excluded.conversation_ids,
      steps = (select array_agg(distinct step) from unnest(plan_rows.steps || excluded.steps) as step)
  `.execute(trx)
}

/** The objects of each connection that a plan reaches. */
export async function reachedObjects(db: Db, planId: number): Promise<{ connection: string; object: string }[]> {
  return db
    .selectFrom('plan_rows')
    .innerJoin('crm_records', 'crm_records.id', 'plan_rows.record_id')
    .select(['connection', 'object'])
    .distinct()
    .where('plan_id', '=', planId)
    .orderBy('connection')
    .orderBy('object')
    .execute()
}

/** The next records behind `after`, in the order of their ids, with the conversations that reach them. */
export async function reachedPage(
  db: Db,
  planId: number,
  of: { connection: string; object: string },
  after: number,
  most: number,
): Promise<{ recordIds: number[]; conversationIds: string[] }> {
  const rows = await db
    .selectFrom('plan_rows')
    .innerJoin('crm_records', 'crm_records.id', 'plan_rows.record_id')
    .select(['record_id', 'conversation_ids'])
    .where('plan_id', '=', planId)
    .where('record_id', '>', after)
    .where('connection', '=', of.connection)
    .where('object', '=', of.object)
    .orderBy('record_id')
    .limit(most)
    .execute()
  return {
    recordIds: rows.map((row) => row.record_id),
    conversationIds: [...new Set(rows.flatMap((row) => row.conversation_ids))],
  }
}

export type RowDraft = { recordId: number; cells: PlannedField[]; stayOut: number }

export async function saveRows(db: Db, planId: number, rows: readonly RowDraft[]): Promise<void> {
  await sql`
    update plan_rows set cells = planned.cells, stay_out = planned."stayOut"
    from jsonb_to_recordset(${json(rows)}::jsonb) as planned ("recordId" bigint, cells jsonb, "stayOut" integer)
    where plan_id = ${planId} and record_id = planned."recordId"
  `.execute(db)
}

/** A plan is complete: its digest covers every cell of every row. */
export async function closePlan(trx: Trx, planId: number, totals: PlanTotals): Promise<void> {
  await sql`
    update plans set totals = ${json(totals)}::jsonb, digest = (
      select encode(sha256(coalesce(string_agg(print, '' order by created, place), '')::bytea), 'hex')
      from (
        select false as created, record_id as place, record_id || md5(cells::text) as print from plan_rows where plan_id = ${planId}
        union all
        select true, place, md5(key) || md5(texts::text) || md5(cells::text) from plan_creations where plan_id = ${planId}
      ) as rows
    )
    where id = ${planId}
  `.execute(trx)
}

/** Ties a plan to the run that applies it. */
export async function bindPlan(trx: Trx, planId: number, runId: number): Promise<void> {
  await trx.updateTable('plans').set({ run_id: runId }).where('id', '=', planId).where('run_id', 'is', null).execute()
}

export type PlanRow = {
  recordId: number
  connection: string
  externalId: string
  contactId: number | null
  steps: string[]
  stayOut: number
  cells: PlannedField[]
}

/** The rows of a plan behind the record `after`, in the order of their records. */
export async function planRows(db: Db, planId: number, page: { after: number; most: number }): Promise<PlanRow[]> {
  const rows = await db
    .selectFrom('plan_rows')
    .innerJoin('crm_records', 'crm_records.id', 'plan_rows.record_id')
    .select(['record_id', 'connection', 'external_id', 'contact_id', 'steps', 'stay_out', 'cells'])
    .where('plan_id', '=', planId)
    .where('cells', 'is not', null)
    .where('record_id', '>', page.after)
    .orderBy('record_id')
    .limit(page.most)
    .execute()
  return rows.map((row) => ({
    recordId: row.record_id,
    connection: row.connection,
    externalId: row.external_id,
    contactId: row.contact_id,
    steps: row.steps,
    stayOut: row.stay_out,
    cells: toFields(row.cells),
  }))
}

/** What the plans of these runs say of these records, in one statement. */
export async function plannedFor(
  db: Db,
  runIds: readonly number[],
  recordIds: readonly number[],
): Promise<{ runId: number; recordId: number; cells: PlannedField[] }[]> {
  if (runIds.length === 0) return []
  const rows = await db
    .selectFrom('plans')
    .innerJoin('plan_rows', 'plan_rows.plan_id', 'plans.id')
    .select(['run_id', 'record_id', 'cells'])
    .where('run_id', 'in', runIds)
    .where('record_id', 'in', recordIds)
    .execute()
  return rows.flatMap(({ run_id, record_id, cells }) =>
    run_id === null ? [] : [{ runId: run_id, recordId: record_id, cells: toFields(cells) }],
  )
}

function toFields(cells: unknown[] | null): PlannedField[] {
  return (cells ?? []) as PlannedField[]
}
