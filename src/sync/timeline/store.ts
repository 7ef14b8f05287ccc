import { sql } from 'kysely'
import type { Wire } from '../../crm/index.ts'
import { type Db, json, type Trx } from '../../db/index.ts'
import type { SetEvent, Value } from '../../mapping/index.ts'
import type { Vals } from '../says.ts'
import type { CellState, Correction, ForgottenCell, NoticedEvent } from './types.ts'

/** Rows of jsonb columns that only this room writes: what went in as a type comes out as it. */
type Stored<T> = T

export type StoredRecord = {
  recordId: number
  externalId: string
  cells: Record<string, CellState>
  /** Cells that an erasure has forgotten, and when (epoch ms): what the CRM holds at the next push is their base. */
  forgotten: Record<string, number>
  /** The newest change of the record that we have read and that was not ours; null where no CRM told. */
  changedAt: Date | null
}

export async function storedRecords(db: Db, recordIds: number[]): Promise<StoredRecord[]> {
  const rows = await db
    .selectFrom('crm_records')
    .leftJoin('record_state', 'record_state.record_id', 'crm_records.id')
    .select(['crm_records.id', 'crm_records.external_id', 'record_state.fields', 'record_state.changed_at'])
    .where('crm_records.id', 'in', recordIds)
    .where('crm_records.gone_at', 'is', null)
    .where('crm_records.merged_into', 'is', null)
    .execute()
  return rows.map((row) => ({
    recordId: row.id,
    externalId: row.external_id,
    ...cellsOf((row.fields ?? {}) as Stored<Record<string, CellState | ForgottenCell>>),
    changedAt: row.changed_at,
  }))
}

function cellsOf(stored: Record<string, CellState | ForgottenCell>): Pick<StoredRecord, 'cells' | 'forgotten'> {
  const facts: Pick<StoredRecord, 'cells' | 'forgotten'> = { cells: {}, forgotten: {} }
  for (const [field, cell] of Object.entries(stored)) {
    if ('forgottenAt' in cell) facts.forgotten[field] = cell.forgottenAt
    else facts.cells[field] = cell
  }
  return facts
}

/** What we know of the cells of these records, locked until the transaction ends. */
export async function lockCells(trx: Trx, recordIds: number[]): Promise<Map<number, Record<string, CellState>>> {
  const rows = await trx
    .selectFrom('record_state')
    .select(['record_id', 'fields'])
    .where('record_id', 'in', recordIds)
    .orderBy('record_id')
    .forUpdate()
    .execute()
  return new Map(rows.map((row) => [row.record_id, row.fields as Stored<Record<string, CellState>>]))
}

/** `changedAt`: a change of the record that was not ours, where one was read. A record with an unread cell is noted as such. */
export async function saveCells(
  trx: Trx,
  records: readonly { recordId: number; cells: Record<string, CellState>; changedAt?: Date | null }[],
) {
  if (records.length === 0) return
  await trx
    .insertInto('record_state')
    .values(
      [...records]
        .sort((a, b) => a.recordId - b.recordId)
        .map(({ recordId, cells, changedAt = null }) => ({
          record_id: recordId,
          fields: json(cells),
          changed_at: changedAt,
          unread_at: Object.values(cells).some(({ unread }) => unread) ? sql<Date>`now()` : null,
        })),
    )
    .onConflict((conflict) =>
      conflict.column('record_id').doUpdateSet((eb) => ({
        // Cells of other mappings of the record stay as they are.
        fields: sql<string>`record_state.fields || ${eb.ref('excluded.fields')}`,
        changed_at: sql<Date | null>`greatest(record_state.changed_at, ${eb.ref('excluded.changed_at')})`,
        unread_at: sql<Date | null>`coalesce(record_state.unread_at, ${eb.ref('excluded.unread_at')})`,
        updated_at: sql<Date>`now()`,
      })),
    )
    .execute()
}

export async function fieldEvents(
  db: Db,
  recordIds: number[],
): Promise<(NoticedEvent & { recordId: number; field: string })[]> {
  const rows = await db
    .selectFrom('field_events')
    .selectAll()
    .where('record_id', 'in', recordIds)
    .where('kind', 'in', ['base', 'edited'])
    .execute()
  return rows.map((row) => ({
    recordId: row.record_id,
    field: row.field,
    kind: row.kind === 'base' ? 'base' : 'edited',
    at: row.at.getTime(),
    value: row.value as Stored<Value>,
    by: (row.author ?? 'unknown') satisfies SetEvent['by'],
    atLatest: row.at_latest,
    source: row.source ?? '',
  }))
}

/** Each once. In one parameter: a batch at first touch may bring more entries than a statement has parameters. */
export async function saveEvents(trx: Trx, events: readonly (NoticedEvent & { recordId: number; field: string })[]) {
  if (events.length === 0) return
  const rows = events.map(({ at, ...event }) => ({ ...event, at: new Date(at) }))
  await sql`
    insert into field_events (record_id, field, kind, at, value, author, source, at_latest)
    select "recordId", field, kind, at, coalesce(value, 'null'), by, source, "atLatest"
    from jsonb_to_recordset(${json(rows)}::jsonb) as noticed (
      "recordId" bigint, field text, kind text, at timestamptz, value jsonb, by text, source text, "atLatest" boolean)
    on conflict do nothing`.execute(trx)
}

/** Conversations linked to the records, with the mapping whose match made each link and those that have tried to. */
export async function recordLinks(db: Db, recordIds: number[]) {
  const rows = await db
    .selectFrom('links')
    .innerJoin('links as tried', 'tried.conversation_id', 'links.conversation_id')
    .select([
      'links.record_id',
      'links.conversation_id',
      'links.mapping',
      sql<string[]>`array_agg(tried.mapping)`.as('tried_by'),
    ])
    .where('links.record_id', 'in', recordIds)
    .groupBy(['links.conversation_id', 'links.mapping'])
    .execute()
  return rows.flatMap(({ record_id, conversation_id, mapping, tried_by }) =>
    record_id === null ? [] : [{ recordId: record_id, conversationId: conversation_id, mapping, triedBy: tried_by }],
  )
}

export type StoredContribution = {
  id: number
  conversationId: string
  mapping: string
  analysisId: number
  runId: number
  vals: Vals
  state: 'held' | 'pending' | 'current' | 'superseded' | 'undone'
  logs: boolean
}

/** All contributions of these conversations, of runs not undone. */
export async function contributionsOf(db: Db, conversationIds: string[]): Promise<StoredContribution[]> {
  if (conversationIds.length === 0) return []
  const rows = await db
    .selectFrom('contributions')
    .innerJoin('runs', 'runs.id', 'contributions.run_id')
    .select(['contributions.id', 'conversation_id', 'mapping', 'analysis_id', 'run_id', 'vals', 'state', 'logs'])
    .where('conversation_id', 'in', conversationIds)
    .where('runs.undone_by', 'is', null)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    conversationId: row.conversation_id,
    mapping: row.mapping,
    analysisId: row.analysis_id,
    runId: row.run_id,
    vals: row.vals as Stored<Vals>,
    state: row.state,
    logs: row.logs,
  }))
}

export async function correctionsOf(db: Db, conversationIds: string[]): Promise<Correction[]> {
  if (conversationIds.length === 0) return []
  const rows = await db
    .selectFrom('corrections')
    .innerJoin('runs', 'runs.id', 'corrections.run_id')
    .select(['conversation_id', 'item', 'value', 'run_id'])
    .where('conversation_id', 'in', conversationIds)
    .where('runs.undone_by', 'is', null)
    .execute()
  return rows.map((row) => ({
    conversationId: row.conversation_id,
    item: row.item,
    value: row.value as Stored<Value>,
    runId: row.run_id,
  }))
}

export async function undoneRuns(db: Db, runIds: number[]): Promise<Set<number>> {
  if (runIds.length === 0) return new Set()
  const rows = await db
    .selectFrom('runs')
    .select('id')
    .where('id', 'in', runIds)
    .where('undone_by', 'is not', null)
    .execute()
  return new Set(rows.map((row) => row.id))
}

export type Intent = {
  ledgerId: number
  recordId: number
  values: Record<string, Wire>
  open: boolean
  /** The fields of it that were written, or may have been. */
  fields: string[]
}

/** What we meant to write to these records, newest first, with intents whose outcome is not known marked open. */
export async function intentsOf(db: Db, recordIds: number[]): Promise<Intent[]> {
  const rows = await db
    .selectFrom('ledger')
    .select(['id', 'record_id', 'changes', 'outcome', 'detail'])
    .where('record_id', 'in', recordIds)
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => {
    const changes = row.changes as Stored<{ field: string; after: Wire }[]>
    const refused = refusedFields(row.detail)
    const isWritten = row.outcome === null || row.outcome === 'written'
    return {
      ledgerId: row.id,
      recordId: row.record_id,
      values: Object.fromEntries(changes.map(({ field, after }) => [field, after])),
      open: row.outcome === null,
      fields: isWritten ? changes.flatMap(({ field }) => (refused.has(field) ? [] : [field])) : [],
    }
  })
}

/** The fields of a row of the ledger that the CRM refused, though it took the others: `saveOutcomes` notes them. */
export function refusedFields(detail: unknown): Set<string> {
  const { rejectedFields = [] } = (detail ?? {}) as Stored<{ rejectedFields?: { field: string }[] }>
  return new Set(rejectedFields.map(({ field }) => field))
}
