import type { Crm } from '../../src/crm/index.ts'
import { transact } from '../../src/db/index.ts'
import { markRecords, priorities, pushConnection } from '../../src/sync/index.ts'
import { endLinger } from './open-world.ts'
import type { World } from './world.ts'

/** Marks every record there is: each is looked at again by the next push. */
export async function markAll({ db }: World): Promise<void> {
  const records = await db.selectFrom('crm_records').select(['id', 'connection']).execute()
  for (const [connection, own] of Map.groupBy(records, (record) => record.connection)) {
    const recordIds = own.map((record) => record.id)
    const mark = { connection, recordIds, priority: priorities.interactive, reason: 'test' }
    await transact(db, (trx) => markRecords(trx, mark))
  }
}

/**
 * Pushes to the first CRM; something happens while records are read, just before a write is sent, or once it has arrived. What that throws ends the
 * pusher there.
 */
export async function pushWhile(
  world: World,
  happens: { reading?: () => unknown; before?: () => unknown; after?: () => unknown },
  now = () => new Date(),
): Promise<void> {
  const { readWithHistory } = world.crm
  const crm: Crm = {
    ...world.crm,
    read: async (...asked) => {
      await happens.reading?.()
      return world.crm.read(...asked)
    },
    ...(readWithHistory && {
      readWithHistory: async (...asked: Parameters<typeof readWithHistory>) => {
        await happens.reading?.()
        return readWithHistory(...asked)
      },
    }),
    write: async (...rows) => {
      await happens.before?.()
      const outcomes = await world.crm.write(...rows)
      await happens.after?.()
      return outcomes
    },
  }
  const { db, log, model, next } = world
  await endLinger(world)
  await pushConnection({ db, log, model, next, now }, crm)
}
