import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { createQueue } from '../../src/queue/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { lastingJob } from './lasting-job.ts'

const { url } = await createTestDatabase()

test('the job of a worker killed with SIGKILL is at work again elsewhere within seconds', async () => {
  const queue = await createQueue({ url, log: createLog('silent') }, [lastingJob])
  onTestFinished(() => queue.stop({ drainMs: 1_000 }))
  await queue.send(lastingJob, { id: 'c1' })

  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'doomed-worker.ts'), url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const taken = new Promise<number>((resolve) => {
    queue.work(lastingJob, {}, async (_, { attempt }) => resolve(attempt))
  })
  await queue.start()
  const killedAt = Date.now()
  child.kill('SIGKILL')

  expect(await taken).toBe(2)
  expect(Date.now() - killedAt).toBeLessThan(5_000)
})

test('the job of a worker that lives is left to it', async () => {
  const queue = await createQueue({ url, log: createLog('silent') }, [lastingJob])
  onTestFinished(() => queue.stop({ drainMs: 1_000 }))
  await queue.send(lastingJob, { id: 'c2' })
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'doomed-worker.ts'), url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')

  let taken = 0
  let tended = 0
  queue.work(lastingJob, {}, async () => {
    taken += 1
  })
  queue.tend('count', async () => {
    tended += 1
  })
  await queue.start()
  await expect.poll(() => tended, { timeout: 15_000 }).toBeGreaterThanOrEqual(2)
  expect(taken).toBe(0)
})
