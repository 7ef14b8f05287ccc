import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { rememberedKey } from '../../../src/crm/activities/remembered-key.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('a key that is there is asked for again within ten minutes, one that is not within one', async () => {
  let [isThere, asked] = [false, 0]
  const known = rememberedKey(
    async () => {
      asked += 1
      return { isThere }
    },
    (answer) => answer.isThere,
  )
  const hasKey = async () => (await known('calls')).isThere
  expect([await hasKey(), await hasKey(), asked]).toEqual([false, false, 1])
  isThere = true
  vi.advanceTimersByTime(61_000)
  expect([await hasKey(), asked]).toEqual([true, 2])
  isThere = false
  vi.advanceTimersByTime(500_000)
  expect([await hasKey(), asked]).toEqual([true, 2])
  vi.advanceTimersByTime(101_000)
  expect([await hasKey(), asked]).toEqual([false, 3])
})
