import { sql } from 'kysely'
import type { Trx } from '../db/index.ts'
import { moveActivities } from './activities/store.ts'
import { markRecords, priorities } from './marks.ts'
import { putAside } from './match/store.ts'
import { moveOpenCells } from './undo-cells.ts'

/** After a CRM merge the surviving record takes the conversations of the other, and both histories are read again. */
export async function moveLinks(trx: Trx, move: { connection: string; from: number; to: number }): Promise<void> {
  const { connection, from, to } = move
  await trx.updateTable('links').set({ record_id: to }).where('record_id', '=', from).execute()
  await moveSettled(trx, from, to)
  await moveActivities(trx, from, to)
  await trx.deleteFrom('marks').where('connection', '=', connection).where('record_id', '=', from).execute()
  await moveOpenCells(trx, from, to)
  await markRecords(trx, { connection, recordIds: [to], priority: priorities.background, reason: 'merge' })
}

/** What was settled moves as the conversations would; one that both records had stays with the survivor. */
async function moveSettled(trx: Trx, from: number, to: number): Promise<void> {
  await sql`
    update field_events as moved set record_id = ${to}
    where moved.record_id = ${from} and moved.kind = 'settled' and not exists (
      select from field_events as other where other.record_id = ${to} and other.field = moved.field
        and other.kind = 'settled' and other.conversation_hash = moved.conversation_hash
    )`.execute(trx)
}

/**
 * The CRM has these records no more: their conversations have none until an import sees their number again, or the record itself. A
 * person's word is kept with its run; what a conversion has linked is put aside, for no step would find it again.
 */
export async function unlink(trx: Trx, recordIds: number[]): Promise<void> {
  if (recordIds.length === 0) return
  const converted = trx.selectFrom('links').select(['conversation_id as conversationId', 'mapping'])
  await putAside(trx, await converted.where('record_id', 'in', recordIds).where('step', '=', 'conversion').execute())
  await trx
    .updateTable('links')
    .set({ state: 'none', record_id: null, step: null, resolved_by: null })
    .where('record_id', 'in', recordIds)
    .execute()
}

/** Puts right what was linked to these records by somebody who could not see yet that they are gone, or merged into another. */
export async function straightenLinks(trx: Trx, connection: string, recordIds: number[]): Promise<void> {
  if (recordIds.length === 0) return
  const records = await trx
    .selectFrom('crm_records')
    .select(['id', 'merged_into'])
    .where('id', 'in', recordIds)
    .execute()
  for (const { id, merged_into } of records)
    if (merged_into !== null) await moveLinks(trx, { connection, from: id, to: merged_into })
  await unlink(
    trx,
    records.flatMap(({ id, merged_into }) => (merged_into === null ? [id] : [])),
  )
}
