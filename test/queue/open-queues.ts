import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach } from 'vitest'
import { z } from 'zod'
import type { Log } from '../../src/log.ts'
import { createQueue, defineJob, type JobDefinition, type Queue } from '../../src/queue/index.ts'
import { createTestDatabase } from '../support/database.ts'

const payload = z.object({ id: z.string() })
const quick = { retryDelaySeconds: 1 }
export const plain = defineJob({ name: 'test.plain', payload, ...quick })
export const few = defineJob({ name: 'test.few', payload, ...quick, retryLimit: 1, deadLetter: 'test.dead' })
export const stately = defineJob({ name: 'test.stately', payload, policy: 'stately' })
const definitions: JobDefinition[] = [plain, few, stately]

/** A database of its own, and the queues a test opens on it: stopped after it, when what they said is forgotten, too. */
export async function openQueues() {
  const { db, url } = await createTestDatabase()
  const lines: Record<string, unknown>[] = []
  const note = (fields: Record<string, unknown>) => void lines.push(fields)
  const log: Log = { debug: note, info: note, warn: note, error: note }
  const queues: Queue[] = []
  afterEach(async () => {
    for (const queue of queues.splice(0)) await queue.stop({ drainMs: 5_000 })
    lines.length = 0
  })
  const openQueue = async () => {
    const queue = await createQueue({ url, log }, definitions)
    queues.push(queue)
    return queue
  }
  return { db, lines, openQueue }
}

export async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !condition(); await sleep(20)) {
    if (Date.now() > deadline) throw new Error('what was waited for did not happen')
  }
}
