import { recordEntry } from '../../audit/index.ts'
import { lockDeleted } from '../../conversations/index.ts'
import type { Crm } from '../../crm/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { settle } from './settle.ts'

const atOnce = 64

/** Removes deleted conversations for good whose grace has ended, batch by batch; returns how many. Twice is safe. */
export async function removeDeleted(deps: {
  db: Db
  crms: ReadonlyMap<string, Crm>
  now: () => Date
}): Promise<number> {
  let removed = 0
  for (let batch = atOnce; batch === atOnce; removed += batch) {
    batch = await transact(deps.db, async (trx) => {
      const ids = await lockDeleted(trx, deps.now(), atOnce)
      if (ids.length === 0) return 0
      await settle(trx, deps.crms, ids)
      await recordEntry(trx, {
        actor: { kind: 'system', name: 'grace' },
        action: 'conversations.removed',
        subject: { kind: 'conversations', id: String(ids.length) },
        after: { conversations: ids.length },
      })
      return ids.length
    })
  }
  return removed
}
