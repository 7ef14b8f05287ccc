import { sql } from 'kysely'
import type { Wire } from '../../crm/index.ts'
import { type Db, json, type Trx } from '../../db/index.ts'
import type { NewRecord } from '../create/types.ts'
import type { PlannedField } from './store.ts'

/** Notes who would be created for which selected conversations; a person who was noted before gets these as well. */
export async function noteNewRecords(
  trx: Trx,
  planId: number,
  connection: string,
  records: readonly NewRecord[],
): Promise<void> {
  if (records.length === 0) return
  const rows = records.map(({ object, kind, key, keyField, values, candidates }) => ({
    object,
    kind,
    key,
    keyField,
    texts: values,
    conversationIds: [...new Set(candidates.map(({ conversation }) => conversation.id))],
    newest: candidates.at(-1)?.conversation.id,
  }))
  await sql`
    insert into plan_creations (plan_id, connection, object, kind, key, conversation_id, conversation_ids, key_field, texts)
    select ${planId}::bigint, ${connection}::text, object, kind, key, newest,
      array(select jsonb_array_elements_text("conversationIds")), "keyField", texts
    from jsonb_to_recordset(${json(rows)}::jsonb) as wanted
      (object text, kind text, key text, "keyField" text, texts jsonb, "conversationIds" jsonb, newest text)
    on conflict (plan_id, connection, object, kind, key) do update set
      conversation_ids = plan_creations.conversation_ids || excluded.conversation_ids,
      conversation_id = excluded.conversation_id, texts = excluded.texts
  `.execute(trx)
}

export type PlannedRecordToCreate = {
  place: number
  kind: 'number' | 'email'
  key: string
  keyField: string
  values: Record<string, Wire>
  conversationIds: string[]
}

/** The next records that a plan would create in one object, and whose cells it does not know yet. */
export async function newRecordsPage(
  db: Db,
  planId: number,
  of: { connection: string; object: string },
  most: number,
): Promise<PlannedRecordToCreate[]> {
  const rows = await db
    .selectFrom('plan_creations')
    .select(['place', 'kind', 'key', 'key_field', 'texts', 'conversation_ids'])
    .where('plan_id', '=', planId)
    .where('connection', '=', of.connection)
    .where('object', '=', of.object)
    .where('cells', 'is', null)
    .orderBy('place')
    .limit(most)
    .execute()
  return rows.map((row) => ({
    place: row.place,
    kind: row.kind,
    key: row.key,
    keyField: row.key_field,
    // Written by noteNewRecords from such values, and by nothing else.
    values: row.texts as Record<string, Wire>,
    conversationIds: row.conversation_ids,
  }))
}

export async function objectsToCreateIn(db: Db, planId: number): Promise<{ connection: string; object: string }[]> {
  return db
    .selectFrom('plan_creations')
    .select(['connection', 'object'])
    .distinct()
    .where('plan_id', '=', planId)
    .orderBy('connection')
    .orderBy('object')
    .execute()
}

export async function saveNewRecords(
  db: Db,
  planId: number,
  rows: readonly { place: number; cells: PlannedField[] }[],
): Promise<void> {
  await sql`
    update plan_creations set cells = planned.cells
    from jsonb_to_recordset(${json(rows)}::jsonb) as planned (place bigint, cells jsonb)
    where plan_id = ${planId} and plan_creations.place = planned.place
  `.execute(db)
}

/** A record that would be created, with the values it would begin with, and its cells. */
export type PlannedCreation = {
  place: number
  connection: string
  conversationIds: string[]
  created: Record<string, Wire>
  cells: PlannedField[]
}

/** Records that a plan would create, behind a place, in their order. */
export async function plannedCreations(
  db: Db,
  planId: number,
  page: { after: number; most: number },
): Promise<PlannedCreation[]> {
  const rows = await db
    .selectFrom('plan_creations')
    .select(['place', 'connection', 'object', 'conversation_ids', 'cells', 'key_field', 'key', 'texts'])
    .where('plan_id', '=', planId)
    .where('cells', 'is not', null)
    .where('place', '>', page.after)
    .orderBy('place')
    .limit(page.most)
    .execute()
  return rows.map((row) => ({
    place: row.place,
    connection: row.connection,
    conversationIds: row.conversation_ids,
    created: { ...(row.texts as Record<string, Wire>), [row.key_field]: row.key },
    cells: (row.cells ?? []) as PlannedField[],
  }))
}
