import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { few, openQueues, plain, stately, until } from './open-queues.ts'

const { db, lines, openQueue } = await openQueues()

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
