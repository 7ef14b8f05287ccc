import { fromKysely, type PgBoss } from 'pg-boss'
import { AppError } from '../errors.ts'
import type { JobDefinition } from './define-job.ts'
import type { SendOptions } from './queue.ts'

export async function sendJob<Payload extends object>(
  boss: PgBoss,
  job: JobDefinition<Payload>,
  payload: Payload,
  options: SendOptions,
): Promise<string | null> {
  const { trx, key, priority, startAfterSeconds } = options
  // Measured: inside a transaction a key is dropped against a waiting job that then runs before the commit, and sees nothing.
  if (trx !== undefined && key !== undefined) {
    throw new AppError('queue.keyed_in_transaction', 'stop', `${job.name}: send a job with a key after the commit`)
  }
  return boss.send(job.name, job.payload.parse(payload), {
    ...(trx && { db: fromKysely(trx) }),
    ...(key !== undefined && { singletonKey: key }),
    ...(priority !== undefined && { priority }),
    ...(startAfterSeconds !== undefined && { startAfter: startAfterSeconds }),
    // What waits for its key must not stand before what need not: of a group pg-boss sees in the same moment who is at work, of a
    // key it remembers it, and takes nothing at all where the first job in line turns out to be one too many.
    ...(key !== undefined && job.policy === 'stately' && { group: { id: key } }),
  })
}
