import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { AppError } from '../../src/errors.ts'
import type { Log } from '../../src/log.ts'
import { createQueue, defineJob, type JobDefinition, type Queue } from '../../src/queue/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db, url } = await createTestDatabase()

type Line = Record<string, unknown>
const lines: Line[] = []
const note = (fields: Line) => void lines.push(fields)
const log: Log = { debug: note, info: note, warn: note, error: note }

const payload = z.object({ id: z.string() })
const quick = { retryDelaySeconds: 1 }
const plain = defineJob({ name: 'test.plain', payload, ...quick })
const few = defineJob({ name: 'test.few', payload, ...quick, retryLimit: 1, deadLetter: 'test.dead' })
const stately = defineJob({ name: 'test.stately', payload, policy: 'stately' })
const definitions: JobDefinition[] = [plain, few, stately]

const queues: Queue[] = []
afterEach(async () => {
  for (const queue of queues.splice(0)) await queue.stop({ drainMs: 5_000 })
  lines.length = 0
})

async function openQueue(): Promise<Queue> {
  const queue = await createQueue({ url, log }, definitions)
  queues.push(queue)
  return queue
}

/** The server tells of the locks in all databases: those of other tests as well. */
async function locksOfWorkers(): Promise<{ objid: number; pid: number }[]> {
  const { rows } = await sql<{ objid: number; pid: number }>`
    select objid, pid from pg_locks where locktype = 'advisory' and objsubid = 2 and objid > 0
      and database = (select oid from pg_database where datname = current_database())`.execute(db)
  return rows
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !condition(); await sleep(20)) {
    if (Date.now() > deadline) throw new Error('what was waited for did not happen')
  }
}

test('200 jobs are done at once, woken and not polled, and each leaves one log line', async () => {
  const queue = await openQueue()
  const done: string[] = []
  queue.work(plain, { batch: 10 }, async ({ id }) => void done.push(id))
  await queue.start()
  const startedAt = Date.now()
  for (let n = 0; n < 200; n += 1) await queue.send(plain, { id: `c${n}` })
  await until(() => done.length === 200)
  expect(Date.now() - startedAt).toBeLessThan(10_000)
  await until(() => lines.filter((line) => line.outcome === 'done').length === 200)
  expect(lines[0]).toEqual({
    job: 'test.plain',
    job_id: expect.any(String),
    attempt: 1,
    duration_ms: expect.any(Number),
    outcome: 'done',
  })
})

test('a job sent in a transaction that fails is never there', async () => {
  const queue = await openQueue()
  const seen: string[] = []
  queue.work(plain, {}, async ({ id }) => void seen.push(id))
  await queue.start()
  const failing = db.transaction().execute(async (trx) => {
    await queue.send(plain, { id: 'rolled back' }, { trx })
    throw new Error('changed my mind')
  })
  await expect(failing).rejects.toThrow('changed my mind')
  await db.transaction().execute((trx) => queue.send(plain, { id: 'kept' }, { trx }))
  await until(() => seen.length > 0)
  expect(seen).toEqual(['kept'])
})

test('a keyed job is refused inside a transaction, and is sent once outside', async () => {
  const queue = await openQueue()
  await db.transaction().execute(async (trx) => {
    // @ts-expect-error the types refuse it too
    const refused = queue.send(stately, { id: 'x' }, { trx, key: 'main' })
    await expect(refused).rejects.toMatchObject({ code: 'queue.keyed_in_transaction' })
  })
  expect(await queue.send(stately, { id: 'x' }, { key: 'main' })).toEqual(expect.any(String))
  expect(await queue.send(stately, { id: 'x' }, { key: 'main' })).toBeNull()
  expect(await queue.send(stately, { id: 'y' }, { key: 'other' })).toEqual(expect.any(String))
})

test('the recovery of an error decides: retry runs again, skip is done, stop fails without a retry', async () => {
  const queue = await openQueue()
  const attempts: Record<string, number> = {}
  queue.work(plain, {}, async ({ id }, { attempt }) => {
    attempts[id] = attempt
    if (id === 'retry' && attempt === 1) throw new AppError('test.later', 'retry', 'not now')
    if (id === 'skip') throw new AppError('test.skip', 'skip', 'nothing to do')
    if (id === 'stop') throw new AppError('test.stop', 'stop', 'never')
    if (id === 'unforeseen' && attempt === 1) throw new TypeError('x is not a function')
  })
  await queue.start()
  for (const id of ['retry', 'skip', 'stop', 'unforeseen']) await queue.send(plain, { id })
  await until(() => attempts.retry === 2 && attempts.unforeseen === 2)
  await sleep(1_500)
  expect(attempts).toEqual({ retry: 2, skip: 1, stop: 1, unforeseen: 2 })
  const outcomes = lines.filter((line) => line.job === 'test.plain').map(({ outcome, code }) => [outcome, code])
  expect(outcomes).toContainEqual(['retry', 'test.later'])
  expect(outcomes).toContainEqual(['skipped', 'test.skip'])
  expect(outcomes).toContainEqual(['failed', 'test.stop'])
  expect(outcomes).toContainEqual(['retry', 'internal'])
})

test('a job out of retries is kept as a dead letter', async () => {
  const queue = await openQueue()
  queue.work(few, {}, async () => {
    throw new AppError('test.later', 'retry', 'not now')
  })
  await queue.start()
  await queue.send(few, { id: 'c1' })
  await until(() => lines.some((line) => line.outcome === 'failed'))
  await vi.waitFor(async () => {
    const { rows } = await sql`select data from pgboss.job where name = 'test.dead'`.execute(db)
    expect(rows).toEqual([{ data: { id: 'c1' } }])
  })
})

test('a payload that does not fit its definition fails without a retry, naming the place', async () => {
  const queue = await openQueue()
  queue.work(plain, {}, async () => undefined)
  await queue.send(plain, { id: 'c1' })
  await sql`update pgboss.job set data = '{"id": 7}' where name = 'test.plain' and state = 'created'`.execute(db)
  await queue.start()
  await until(() => lines.some((line) => line.code === 'queue.bad_payload'))
  expect(lines.find((line) => line.code === 'queue.bad_payload')).toMatchObject({ outcome: 'failed', attempt: 1 })
  expect(JSON.stringify(lines)).toContain('id: ')
})

test('stop tells jobs at work to end, and waits for them', async () => {
  const queue = await openQueue()
  let state = 'waiting'
  queue.work(plain, {}, async (_, { signal }) => {
    state = 'at work'
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    state = 'ended'
  })
  await queue.start()
  await queue.send(plain, { id: 'c1' })
  await until(() => state === 'at work')
  await queue.stop({ drainMs: 10_000 })
  expect(state).toBe('ended')
  expect(lines.at(-1)).toMatchObject({ outcome: 'done' })
})

test('what is sent while a process is told to end is left to the others', async () => {
  const [queue, fellow] = [await openQueue(), await openQueue()]
  const begunBy: string[] = []
  queue.work(plain, {}, async () => void begunBy.push('the one that ends'))
  fellow.work(plain, {}, async () => void begunBy.push('its fellow'))
  const ending = Promise.withResolvers<void>()
  let isTended = false
  queue.tend('late', async () => {
    isTended = true
    await ending.promise
    await queue.send(plain, { id: 'late' })
    await sleep(500)
  })
  await queue.start()
  await until(() => isTended)
  const stopped = queue.stop({ drainMs: 5_000 })
  ending.resolve()
  await stopped
  await fellow.start()
  await until(() => begunBy.length > 0)
  expect(begunBy).toEqual(['its fellow'])
})

test('tenders are called by one process, and one that throws does not keep the others from it', async () => {
  const [first, second] = [await openQueue(), await openQueue()]
  let atWork = 0
  let most = 0
  let calls = 0
  for (const queue of [first, second]) {
    queue.tend('failing', async () => {
      throw new Error('tended badly')
    })
    queue.tend('counting', async () => {
      atWork += 1
      most = Math.max(most, atWork)
      await sleep(300)
      atWork -= 1
      calls += 1
    })
    await queue.start()
  }
  await until(() => calls >= 2)
  expect(most).toBe(1)
  expect(lines.some((line) => line.code === 'queue.tend_failed' && line.tender === 'failing')).toBe(true)
})

test('a worker whose connection was cut is seen by the database again', async () => {
  const queue = await openQueue()
  await queue.start()
  const before = await locksOfWorkers()
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'afterword worker'
    and datname = current_database()`.execute(db)
  await vi.waitFor(async () => {
    const now = await locksOfWorkers()
    expect(now).toHaveLength(1)
    expect(now).not.toEqual(before)
    // The database may see a session end before its own client does.
    expect(lines.some((line) => line.code === 'queue.presence_lost')).toBe(true)
  }, 5_000)
})

test('a worker is counted from its start until it stops, a sender never', async () => {
  const [sender, worker] = [await openQueue(), await openQueue()]
  expect(await sender.countWorkers()).toBe(0)
  await worker.start()
  expect(await sender.countWorkers()).toBe(1)
  await worker.stop({ drainMs: 1_000 })
  expect(await sender.countWorkers()).toBe(0)
})

test('a job for later is told when it is due, and one that waited for its key when that is free', async () => {
  const queue = await openQueue()
  const begun = new Map<string, number>()
  queue.work(stately, { concurrency: 2, batch: 1 }, async ({ id }) => {
    begun.set(id, Date.now())
    if (id === 'first') await sleep(3_000)
  })
  await queue.start()
  await queue.send(stately, { id: 'first' }, { key: 'k' })
  await until(() => begun.has('first'))
  await queue.send(stately, { id: 'next' }, { key: 'k' })
  // Its workers look by themselves every five seconds: later than either of the two may begin.
  await queue.send(stately, { id: 'later' }, { key: 'later', startAfterSeconds: 1 })
  await until(() => begun.has('next') && begun.has('later'))
  const since = (id: string) => (begun.get(id) ?? 0) - (begun.get('first') ?? 0)
  expect(since('later')).toBeGreaterThanOrEqual(900)
  expect(since('later')).toBeLessThan(2_500)
  expect(since('next')).toBeGreaterThanOrEqual(3_000)
  expect(since('next')).toBeLessThan(4_800)
})

test('a worker that only lost its connection keeps what it has in hand', async () => {
  const [holder, fellow] = [await openQueue(), await openQueue()]
  let begun = 0
  for (const queue of [holder, fellow]) {
    queue.work(plain, {}, async () => {
      begun += 1
      await sleep(4_000)
    })
  }
  await holder.start()
  const [lock, ...others] = await locksOfWorkers()
  expect(others).toEqual([])
  await holder.send(plain, { id: 'held' })
  await until(() => begun > 0)
  await fellow.start()
  for (let cuts = 0; cuts < 5; cuts += 1) {
    await sleep(600)
    await sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = ${lock?.objid}`.execute(
      db,
    )
  }
  await sleep(1_000)
  expect(begun).toBe(1)
})
