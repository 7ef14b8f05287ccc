import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { flyBatches } from '../../src/sync/push/fly-batches.ts'

/** So many marks, taken ten at a time; what a batch has done is no longer marked. */
function marked(count: number) {
  const waiting = new Set(Array.from({ length: count }, (_, place) => place))
  return {
    waiting,
    take: async (except: readonly number[]) => {
      await sleep(1)
      const next = [...waiting].filter((recordId) => !except.includes(recordId)).slice(0, 10)
      return next.length > 0 ? { marks: next.map((recordId) => ({ recordId })) } : null
    },
  }
}

test('many batches are under way, never two with one record, and none is left', async () => {
  const { waiting, take } = marked(200)
  const busy = new Set<number>()
  let most = 0
  await flyBatches(6, take, async ({ marks }) => {
    for (const { recordId } of marks) {
      expect(busy.has(recordId)).toBe(false)
      busy.add(recordId)
    }
    most = Math.max(most, busy.size / 10)
    await sleep(5 + Math.random() * 20)
    for (const { recordId } of marks) busy.delete(recordId)
    for (const { recordId } of marks) waiting.delete(recordId)
    return { aside: [] }
  })
  expect(waiting.size).toBe(0)
  expect(most).toBe(6)
})

test('what is put aside is taken again when nothing else is under way, and alone', async () => {
  const { waiting, take } = marked(60)
  let underWay = 0
  const lone: number[] = []
  await flyBatches(4, take, async ({ marks }, isAlone) => {
    underWay += 1
    await sleep(5)
    if (isAlone) expect(underWay).toBe(1)
    const aside = isAlone ? [] : marks.map(({ recordId }) => recordId).filter((recordId) => recordId % 10 === 3)
    for (const { recordId } of marks) if (!aside.includes(recordId)) waiting.delete(recordId)
    if (isAlone) lone.push(...marks.map(({ recordId }) => recordId))
    underWay -= 1
    return { aside }
  })
  expect(lone).toEqual([3, 13, 23, 33, 43, 53])
  expect(waiting.size).toBe(0)
})

test('a failure is thrown when the others have come to their end, and no more are taken', async () => {
  const { waiting, take } = marked(100)
  let batches = 0
  const pushing = flyBatches(3, take, async ({ marks }) => {
    batches += 1
    if (batches === 2) throw new Error('down')
    await sleep(30)
    for (const { recordId } of marks) waiting.delete(recordId)
    return { aside: [] }
  })
  await expect(pushing).rejects.toThrow('down')
  expect(batches).toBeLessThanOrEqual(3)
  expect(waiting.size).toBe(100 - (batches - 1) * 10)
})
