import { sql } from 'kysely'
import type { CreateRow } from '../../crm/index.ts'
import { type Db, json, type Trx } from '../../db/index.ts'
import { lingerSeconds, priorities } from '../marks.ts'

/** What is sent to the CRM, noted before. */
export type Sent = CreateRow & { keyField: string }

/** A conversation that waits for its record to be created. */
export type CreationMark = {
  conversationId: string
  mapping: string
  runId: number
  seq: number
  priority: number
  sent: Sent | null
}

/**
 * Marks those of these released contributions that found nobody and say something, so that a push looks whether their record is to be created.
 * `creating`: the mappings that create. Returns the connections that have something to create.
 */
export async function markCreations(
  trx: Trx,
  of: { runIds: number[]; conversationIds: string[]; creating: string[]; priority: number },
): Promise<string[]> {
  const { runIds, conversationIds, creating, priority } = of
  if (creating.length === 0 || conversationIds.length === 0) return []
  const waitSeconds = priority === priorities.background ? lingerSeconds : 0
  const { rows } = await sql<{ connection: string }>`
    insert into creation_marks (conversation_id, mapping, connection, run_id, seq, priority, not_before)
    select conversation_id, mapping, contributions.connection, max(contributions.run_id), nextval('marks_seq'), ${priority}::int,
      now() + make_interval(secs => ${waitSeconds})
    from contributions
    join links using (conversation_id, mapping)
    where contributions.run_id = any(${runIds}::bigint[]) and conversation_id = any(${conversationIds}::text[])
      and mapping = any(${creating}::text[]) and contributions.state = 'pending'
      and links.state = 'none' and links.resolved_by is null
      and contributions.vals @? '$.*.says ? (@ == "value")'
    group by conversation_id, mapping, contributions.connection
    order by conversation_id, mapping
    on conflict (conversation_id, mapping) do update set
      run_id = greatest(creation_marks.run_id, excluded.run_id), seq = excluded.seq,
      priority = greatest(creation_marks.priority, excluded.priority),
      not_before = least(creation_marks.not_before, excluded.not_before)
    returning connection`.execute(trx)
  return [...new Set(rows.map((row) => row.connection))]
}

/** The marks to look at next: by priority, then in the order they were made. */
export async function nextCreations(
  db: Db,
  connection: string,
  { most, atLeast }: { most: number; atLeast: number },
): Promise<CreationMark[]> {
  const rows = await db
    .selectFrom('creation_marks')
    .select(['conversation_id', 'mapping', 'run_id', 'seq', 'priority', 'sent'])
    .where('connection', '=', connection)
    .where('priority', '>=', atLeast)
    .where('not_before', '<=', sql<Date>`now()`)
    .orderBy('priority', 'desc')
    .orderBy('seq')
    .limit(most)
    .execute()
  return rows.map((row) => ({
    conversationId: row.conversation_id,
    mapping: row.mapping,
    runId: row.run_id,
    seq: row.seq,
    priority: row.priority,
    // Written by `noteSent` from a Sent, and by nothing else.
    sent: row.sent as Sent | null,
  }))
}

type Marked = Pick<CreationMark, 'conversationId' | 'mapping' | 'seq'>

/** Notes what is about to be sent: from now on a record with its key is ours. */
export async function noteSent(trx: Trx, marks: readonly { mark: Marked; sent: Sent }[]): Promise<void> {
  await changeMarks(
    trx,
    marks.map(({ mark, sent }) => ({ ...mark, sent, delayMs: null })),
  )
}

/** Not now: to be looked at again. What was sent stays noted: its answer may have been lost. */
export async function delayCreations(trx: Trx, marks: readonly { mark: Marked; delayMs: number }[]): Promise<void> {
  await changeMarks(
    trx,
    marks.map(({ mark, delayMs }) => ({ ...mark, sent: null, delayMs })),
  )
}

async function changeMarks(
  trx: Trx,
  changes: readonly (Marked & { sent: Sent | null; delayMs: number | null })[],
): Promise<void> {
  if (changes.length === 0) return
  const rows = changes.map(({ conversationId, mapping, sent, delayMs }) => ({ conversationId, mapping, sent, delayMs }))
  // In the order in which they are made, or two could deadlock.
  await sql`
    with changed as (
      select creation_marks.conversation_id, creation_marks.mapping, changed.sent, changed."delayMs"
      from creation_marks
      join jsonb_to_recordset(${json(rows)}::jsonb) as changed ("conversationId" text, mapping text, sent jsonb, "delayMs" float8)
        on creation_marks.conversation_id = changed."conversationId" and creation_marks.mapping = changed.mapping
      order by 1, 2
      for update of creation_marks
    )
    update creation_marks
    set sent = coalesce(changed.sent, creation_marks.sent),
      not_before = case when changed."delayMs" is null then creation_marks.not_before
        else now() + make_interval(secs => changed."delayMs" / 1000) end
    from changed
    where creation_marks.conversation_id = changed.conversation_id and creation_marks.mapping = changed.mapping
  `.execute(trx)
}

/** Takes marks back; one that has moved on meanwhile stays. */
export async function clearCreations(trx: Trx, marks: readonly Marked[]): Promise<void> {
  if (marks.length === 0) return
  await sql`
    with done as (
      select creation_marks.conversation_id, creation_marks.mapping
      from creation_marks
      join unnest(
        ${marks.map((mark) => mark.conversationId)}::text[], ${marks.map((mark) => mark.mapping)}::text[], ${marks.map((mark) => mark.seq)}::bigint[]
      ) as done (conversation_id, mapping, seq) using (conversation_id, mapping, seq)
      order by 1, 2
      for update of creation_marks
    )
    delete from creation_marks using done
    where creation_marks.conversation_id = done.conversation_id and creation_marks.mapping = done.mapping`.execute(trx)
}

/** Notes whose these records are: a run's of ours. Returns those that nobody had noted before. */
export async function insertCreated(
  trx: Trx,
  records: readonly { recordId: number; runId: number; keyField: string }[],
): Promise<Set<number>> {
  if (records.length === 0) return new Set()
  const rows = await trx
    .insertInto('created_records')
    .values(
      [...records]
        .sort((a, b) => a.recordId - b.recordId)
        .map(({ recordId, runId, keyField }) => ({ record_id: recordId, run_id: runId, key_field: keyField })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('record_id')
    .execute()
  return new Set(rows.map((row) => row.record_id))
}

/** Records that a run has created, per connection. */
export async function createdBy(db: Db, runId: number): Promise<{ connection: string; records: number }[]> {
  return db
    .selectFrom('created_records')
    .innerJoin('crm_records', 'crm_records.id', 'created_records.record_id')
    .select((eb) => ['connection', eb.fn.countAll<number>().as('records')])
    .where('run_id', '=', runId)
    .groupBy('connection')
    .execute()
}

/** The run that created a record, and when; undefined where we did not. */
export async function creationOf(db: Db, recordId: number) {
  return db
    .selectFrom('created_records')
    .innerJoin('runs', 'runs.id', 'created_records.run_id')
    .select(['created_records.at', 'key_field as keyField', 'runs.id as runId', 'runs.actor'])
    .where('record_id', '=', recordId)
    .executeTakeFirst()
}
