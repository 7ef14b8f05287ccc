import { expect, test, vi } from 'vitest'
import { createBatcher } from '../../src/backfill/batcher.ts'

const long = 60_000

/** A batcher of numbers whose batches are flushed one by one, each when the test says so. */
function gated(limit: { size: number; afterMs: number }) {
  const begun: number[][] = []
  const gates: (() => void)[] = []
  const batcher = createBatcher<number>(limit, async (batch) => {
    begun.push(batch)
    await new Promise<void>((resolve) => gates.push(resolve))
  })
  const open = async () => {
    await vi.waitUntil(() => gates.length > 0)
    gates.shift()?.()
  }
  return { batcher, begun, open }
}

/** Whether a promise is settled once everything that waits for nothing else has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  const later = new Promise((resolve) => setImmediate(resolve, pending))
  return (await Promise.race([promise, later])) !== pending
}

test('a batch goes as soon as it is full', async () => {
  const batches: number[][] = []
  const batcher = createBatcher<number>({ size: 3, afterMs: long }, async (batch) => void batches.push(batch))
  for (const entry of [1, 2, 3, 4]) await batcher.add(entry)
  expect(batches).toEqual([[1, 2, 3]])
  await batcher.end()
  expect(batches).toEqual([[1, 2, 3], [4]])
})

test('the first goes at once, and what comes after it waits for company', async () => {
  const batches: number[][] = []
  const batcher = createBatcher<number>({ size: 64, afterMs: long }, async (batch) => void batches.push(batch))
  await batcher.add(1)
  await vi.waitUntil(() => batches.length > 0, { timeout: long / 2 })
  await batcher.add(2)
  await new Promise((resolve) => setTimeout(resolve, 50))
  await batcher.add(3)
  await batcher.end()
  expect(batches).toEqual([[1], [2, 3]])
})

test('a batch that does not fill up goes in time', async () => {
  const batches: number[][] = []
  const batcher = createBatcher<number>({ size: 64, afterMs: 5 }, async (batch) => void batches.push(batch))
  for (const entry of [1, 2, 3, 4]) {
    await batcher.add(entry)
    if (entry % 2 === 0) await vi.waitUntil(() => batches.length === entry / 2)
  }
  expect(batches).toEqual([
    [1, 2],
    [3, 4],
  ])
  await batcher.end()
})

test('batches go one at a time; what comes meanwhile goes together', async () => {
  const { batcher, begun, open } = gated({ size: 2, afterMs: 1 })
  await batcher.add(1)
  await vi.waitUntil(() => begun.length === 1)
  await batcher.add(2)
  const third = batcher.add(3)
  expect(await isSettled(third)).toBe(false)
  expect(begun).toEqual([[1]])
  await open()
  await third
  expect(begun).toEqual([[1], [2, 3]])
  await open()
  await batcher.end()
})

test('who adds to a full batch waits until its turn has come', async () => {
  const { batcher, begun, open } = gated({ size: 1, afterMs: long })
  await batcher.add(1)
  const second = batcher.add(2)
  expect(await isSettled(second)).toBe(false)
  await open()
  await second
  expect(begun).toEqual([[1], [2]])
  await open()
  await batcher.end()
})

test('the end waits for everything that was added, in batches no larger than told', async () => {
  const { batcher, begun, open } = gated({ size: 2, afterMs: long })
  const added = [1, 2, 3, 4, 5].map((entry) => batcher.add(entry))
  const end = batcher.end()
  await open()
  expect(await isSettled(end)).toBe(false)
  await open()
  await open()
  await end
  await Promise.all(added)
  expect(begun).toEqual([[1, 2], [3, 4], [5]])
})

test('where nothing was added there is nothing to flush', async () => {
  const { batcher, begun } = gated({ size: 2, afterMs: long })
  await batcher.end()
  expect(begun).toEqual([])
})
