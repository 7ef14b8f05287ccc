import { sql } from 'kysely'
import type { Trx } from '../../db/index.ts'
import type { Batch } from './within-pace.ts'

/**
 * Leaves what was planned with contributions that do not wait any more, because their run was paused or cancelled while the CRM was read:
 * no write of it begins. The marks stay, so those records are looked at again, without it.
 */
export async function leaveStopped<B extends Batch>(trx: Trx, batch: B): Promise<B> {
  const ids = batch.planned.flatMap(({ facts }) => facts.pending.map(({ id }) => id))
  if (ids.length === 0) return batch
  const rows = await trx
    .selectFrom('contributions')
    .select('id')
    .where(sql<boolean>`id = any(${ids}::bigint[])`)
    .where('state', 'in', ['held', 'undone'])
    .execute()
  const stopped = new Set(rows.map(({ id }) => id))
  if (stopped.size === 0) return batch
  const left = new Set(
    batch.planned.flatMap(({ facts }) => (facts.pending.some(({ id }) => stopped.has(id)) ? facts.recordId : [])),
  )
  return {
    ...batch,
    marks: batch.marks.filter(({ recordId }) => !left.has(recordId)),
    planned: batch.planned.filter(({ facts }) => !left.has(facts.recordId)),
  }
}
