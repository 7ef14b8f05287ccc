import { sql } from 'kysely'
import type { Trx } from '../../db/index.ts'

/** Of these records, those that conversations of other contacts are linked to. */
export async function sharedByLinks(trx: Trx, recordIds: readonly number[], contactId: number): Promise<Set<number>> {
  const { rows } = await sql<{ id: number }>`
    select distinct links.record_id as id
    from links join conversations on conversations.id = links.conversation_id
    where links.record_id = any(${[...recordIds]}::bigint[]) and conversations.contact_id <> ${contactId}`.execute(trx)
  return new Set(rows.map((row) => row.id))
}

/** Conversations of nobody's number that are linked to these records, deleted ones too. */
export async function linkedOfNobody(trx: Trx, recordIds: readonly number[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct conversations.id
    from links join conversations on conversations.id = links.conversation_id
    where links.record_id = any(${[...recordIds]}::bigint[]) and conversations.contact_id is null`.execute(trx)
  return rows.map((row) => row.id)
}

/** What hangs on a record and holds values of its cells, beside their state. */
const withValues = ['field_events', 'ledger', 'stretches', 'plan_rows', 'run_cells'] as const

/**
 * Forgets the cells of records: every value that was seen, sent, set or settled there. What the CRM holds when they are next
 * looked at is their base, standing from `at`.
 */
export async function forgetCells(trx: Trx, recordIds: readonly number[], at: Date): Promise<void> {
  if (recordIds.length === 0) return
  const ids = [...recordIds]
  await sql`
    update record_state set fields = coalesce((
      select jsonb_object_agg(field, jsonb_build_object('forgottenAt', ${at.getTime()}::float8))
      from jsonb_object_keys(record_state.fields) as field
    ), '{}')
    where record_id = any(${ids}::bigint[])`.execute(trx)
  for (const table of withValues) await trx.deleteFrom(table).where(sql<boolean>`record_id = any(${ids})`).execute()
}

/** How long an erasure waits for a push or an import that is under way. */
export async function limitWaiting(trx: Trx, seconds: number): Promise<void> {
  await sql`select set_config('lock_timeout', ${`${seconds}s`}, true)`.execute(trx)
}

/** The records of a contact in these connections that a CRM has now. */
export async function syncedRecords(
  trx: Trx,
  { id, number, connections }: { id: number; number: string; connections: readonly string[] },
): Promise<{ connection: string }[]> {
  const { rows } = await sql<{ connection: string }>`
    select connection from crm_records
    where id in (
        select id from crm_records where contact_id = ${id}
        union all
        select record_id from crm_record_keys where kind = 'number' and key = ${number} and held_to = 'infinity'
      )
      and connection = any(${[...connections]}::text[]) and merged_into is null and gone_at is null
    order by id`.execute(trx)
  return rows
}
