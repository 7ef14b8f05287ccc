import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import type { Log } from '../../src/log.ts'
import { createQueue } from '../../src/queue/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { lastingJob } from './lasting-job.ts'

const { db, url } = await createTestDatabase()

test('a job whose end could not be noted while the database was away is at work again as soon as it is back', async () => {
  const couldNotNote = Promise.withResolvers<void>()
  // There is one loop that takes jobs, and it has one in hand: what fails of its queue is the noting.
  const note = ({ code, reason }: Record<string, unknown>) =>
    void (code === 'queue.error' && String(reason).includes(`Queue: ${lastingJob.name}`) && couldNotNote.resolve())
  const log: Log = { debug: note, info: note, warn: note, error: note }
  const queue = await createQueue({ url, log }, [lastingJob])
  onTestFinished(() => queue.stop({ drainMs: 1_000 }))

  const again = new Promise<number>((resolve) => {
    queue.work(lastingJob, {}, async (_, { attempt }) => {
      if (attempt > 1) return resolve(attempt)
      await sql`alter schema pgboss rename to away`.execute(db)
    })
  })
  await queue.start()
  await queue.send(lastingJob, { id: 'c1' }, { key: 'c1' })
  await couldNotNote.promise
  await sql`alter schema away rename to pgboss`.execute(db)
  const backAt = Date.now()
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'afterword worker'
    and datname = current_database()`.execute(db)

  expect(await again).toBe(2)
  expect(Date.now() - backAt).toBeLessThan(5_000)
})
