import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { createQueue } from '../../src/queue/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { lastingJob } from './lasting-job.ts'

const { url } = await createTestDatabase()

/** pg-boss looks every other second which keys are at work, and each process asks it every second. */
const seenAtWorkAfterMs = 3_200

/** Takes a job in a process of its own and holds it, until it is killed. */
async function startDoomed(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'doomed-worker.ts'), url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

test('the job of a worker killed with SIGKILL is at work again elsewhere within seconds, though its key is remembered as at work', async () => {
  const queue = await createQueue({ url, log: createLog('silent') }, [lastingJob])
  onTestFinished(() => queue.stop({ drainMs: 1_000 }))
  await queue.send(lastingJob, { id: 'c1' }, { key: 'c1' })

  const doomed = await startDoomed()
  const taken = new Promise<number>((resolve) => {
    queue.work(lastingJob, {}, async (_, { attempt }) => resolve(attempt))
  })
  await queue.start()
  await sleep(seenAtWorkAfterMs)
  const killedAt = Date.now()
  doomed.kill('SIGKILL')

  expect(await taken).toBe(2)
  expect(Date.now() - killedAt).toBeLessThan(3_000)
})

test('a worker that has gone makes all that is tended due at once', async () => {
  const queue = await createQueue({ url, log: createLog('silent') }, [lastingJob])
  onTestFinished(() => queue.stop({ drainMs: 1_000 }))
  await queue.send(lastingJob, { id: 'c3' })
  const doomed = await startDoomed()
  const tended: number[] = []
  queue.tend('note', async () => void tended.push(Date.now()))
  await queue.start()

  await expect.poll(() => tended.length, { timeout: 15_000, interval: 20 }).toBe(2)
  doomed.kill('SIGKILL')
  await expect.poll(() => tended.length, { timeout: 15_000, interval: 20 }).toBe(3)
  const [, second = 0, third = 0] = tended
  expect(third - second).toBeLessThan(3_000)
})

test('the job of a worker that lives is left to it', async () => {
  const queue = await createQueue({ url, log: createLog('silent') }, [lastingJob])
  onTestFinished(() => queue.stop({ drainMs: 1_000 }))
  await queue.send(lastingJob, { id: 'c2' })
  await startDoomed()

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
