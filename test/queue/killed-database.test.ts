import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startEmbedded } from '../../src/db/index.ts'
import type { Log } from '../../src/log.ts'
import { createQueue } from '../../src/queue/index.ts'
import { postmasterOf } from '../support/postmaster-of.ts'
import { lastingJob } from './lasting-job.ts'

test('a job that ended while the database was away, which could not be noted, is at work again within seconds', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'afterword-queue-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const lost = Promise.withResolvers<void>()
  const note = ({ code }: Record<string, unknown>) => void (code === 'db.server_lost' && lost.resolve())
  const log: Log = { debug: note, info: note, warn: note, error: note }
  const server = await startEmbedded({ folder, log })
  onTestFinished(() => server.stop())
  const queue = await createQueue({ url: server.url, log }, [lastingJob])
  onTestFinished(() => queue.stop({ drainMs: 1_000 }))
  const postmaster = await postmasterOf(folder)

  let killedAt = 0
  const again = new Promise<number>((resolve) => {
    queue.work(lastingJob, {}, async (_, { attempt }) => {
      if (attempt > 1) return resolve(attempt)
      killedAt = Date.now()
      process.kill(postmaster, 'SIGKILL')
      // Its backends live on for a moment, and could still note the end.
      await lost.promise
    })
  })
  await queue.start()
  await queue.send(lastingJob, { id: 'c1' }, { key: 'c1' })

  expect(await again).toBe(2)
  expect(Date.now() - killedAt).toBeLessThan(5_000)
})
