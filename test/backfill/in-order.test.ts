import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { inOrder } from '../../src/backfill/in-order.ts'

/** Numbers claimed so many at a time; notes what was given back. */
function numbers(claims: number[][], afterMs?: number) {
  const givenBack: number[] = []
  const claim = vi.fn(async () => claims.shift() ?? [])
  const giveBack = async (some: number[]) => void givenBack.push(...some)
  return { givenBack, claim, ...inOrder<number>({ claim, giveBack }, afterMs) }
}

test('hands out in order, with one claim for all who ask', async () => {
  const { next, claim } = numbers([[1, 2, 3], [4]])
  expect(await Promise.all([next(), next(), next()])).toEqual([1, 2, 3])
  expect(claim).toHaveBeenCalledTimes(1)
  expect([await next(), await next()]).toEqual([4, undefined])
})

test('what was put back comes next', async () => {
  const { next, putBack } = numbers([[1, 2]])
  const first = await next()
  putBack(first ?? 0)
  expect([await next(), await next(), await next()]).toEqual([1, 2, undefined])
})

test('what nobody asks for in time is given back, once; what is asked for in time is not', async () => {
  const { next, givenBack } = numbers([[1, 2, 3], [4]], 20)
  expect(await next()).toBe(1)
  await vi.waitUntil(() => givenBack.length > 0)
  expect(givenBack).toEqual([2, 3])
  expect(await next()).toBe(4)
  await sleep(60)
  expect(givenBack).toEqual([2, 3])
})

test('after the end nothing is given back', async () => {
  const { next, givenBack, end } = numbers([[1, 2]], 20)
  await next()
  await end()
  await sleep(60)
  expect(givenBack).toEqual([])
})
