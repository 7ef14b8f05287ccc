import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { openQueues, plain, until } from './open-queues.ts'

const { db, lines, openQueue } = await openQueues()

/** The server tells of the locks in all databases: those of other tests as well. */
async function locksOfWorkers(): Promise<{ objid: number; pid: number }[]> {
  const { rows } = await sql<{ objid: number; pid: number }>`
    select objid, pid from pg_locks where locktype = 'advisory' and objsubid = 2 and objid > 0
      and database = (select oid from pg_database where datname = current_database())`.execute(db)
  return rows
}

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
