import type { Trx } from '../db/index.ts'
import { markRecords, priorities } from './marks.ts'

/** After a CRM merge the surviving record takes the conversations of the other, and both histories are read again. */
export async function moveLinks(trx: Trx, move: { connection: string; from: number; to: number }): Promise<void> {
  const { connection, from, to } = move
  await trx.updateTable('links').set({ record_id: to }).where('record_id', '=', from).execute()
  await trx.deleteFrom('marks').where('connection', '=', connection).where('record_id', '=', from).execute()
  await markRecords(trx, { connection, recordIds: [to], priority: priorities.background, reason: 'merge' })
}

/** The CRM has these records no more: their conversations have none until an import sees their number again. */
export async function unlink(trx: Trx, recordIds: number[]): Promise<void> {
  await trx
    .updateTable('links')
    .set({ state: 'none', record_id: null, step: null })
    .where('record_id', 'in', recordIds)
    .execute()
}
