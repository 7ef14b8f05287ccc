import { sql } from 'kysely'
import type { CallCounts, Wire } from '../../crm/index.ts'
import { json, type Trx } from '../../db/index.ts'

/** One field of a write: what stood there, what we mean to put there, and what decided. */
export type Change = {
  field: string
  before: Wire
  after: Wire
  decision: string
  rule: string
  event: string | null
}

export type IntentEnd = { id: number; outcome: 'written' | 'rejected' | 'missing' | 'unsent'; detail: object }

/** One row per batch of a pusher, before anything of it is sent. */
export async function insertPush(
  trx: Trx,
  push: { pushId: string; connection: string; records: number },
): Promise<void> {
  const { pushId, connection, records } = push
  await trx.insertInto('pushes').values({ id: pushId, connection, records }).execute()
}

export async function savePushCalls(trx: Trx, pushId: string, { read, history, write }: CallCounts): Promise<void> {
  await trx
    .updateTable('pushes')
    .set({ read_calls: read, history_calls: history, write_calls: write })
    .where('id', '=', pushId)
    .execute()
}

/** One row per record that is about to be written, without an outcome yet. Returns their ids by record. */
export async function insertIntents(
  trx: Trx,
  push: { pushId: string; connection: string },
  intents: readonly { recordId: number; runId: number | null; changes: Change[] }[],
): Promise<Map<number, number>> {
  if (intents.length === 0) return new Map()
  const rows = await trx
    .insertInto('ledger')
    .values(
      intents.map(({ recordId, runId, changes }) => ({
        push_id: push.pushId,
        connection: push.connection,
        record_id: recordId,
        run_id: runId,
        changes: json(changes),
      })),
    )
    .returning(['id', 'record_id'])
    .execute()
  return new Map(rows.map((row) => [row.record_id, row.id]))
}

/** What became of intents, once each: an outcome that is known stays. */
export async function closeIntents(trx: Trx, ends: readonly IntentEnd[]): Promise<void> {
  if (ends.length === 0) return
  await sql`
    update ledger set outcome = ended.outcome, detail = ended.detail, answered_at = now()
    from jsonb_to_recordset(${json(ends)}::jsonb) as ended (id bigint, outcome text, detail jsonb)
    where ledger.id = ended.id and ledger.outcome is null
  `.execute(trx)
}
