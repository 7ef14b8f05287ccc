import { expect, test } from 'vitest'
import { type Adaptive, adapt, unbounded } from '../../src/limits/turns/adapt.ts'
import { seededRandom } from '../../src/sandbox/seeded-random.ts'

const call = { isOverloaded: false, startedAt: 1, inFlight: 10, now: 10 }

test('nothing bounds the calls until something is overloaded; then half of what is in flight may be', () => {
  expect(adapt(unbounded, call)).toEqual(unbounded)
  expect(adapt(unbounded, { ...call, isOverloaded: true })).toEqual({ most: 5, loweredAt: 10 })
})

test('what was under way when it was lowered does not lower it again; what began since does, down to one', () => {
  let state = adapt(unbounded, { ...call, isOverloaded: true })
  for (let n = 0; n < 9; n++) state = adapt(state, { ...call, isOverloaded: true, startedAt: 9 })
  expect(state.most).toBe(5)
  for (let n = 0; n < 9; n++) state = adapt(state, { ...call, isOverloaded: true, startedAt: 11, inFlight: 5 })
  expect(state.most).toBe(1)
})

test('a full round without overload adds one; where less is used than is allowed, nothing', () => {
  let state: Adaptive = { most: 4, loweredAt: 0 }
  for (let n = 0; n < 4; n++) state = adapt(state, { ...call, inFlight: 4 })
  expect(state.most).toBeGreaterThan(4.9)
  expect(state.most).toBeLessThanOrEqual(5)
  expect(adapt(state, { ...call, inFlight: 3 })).toBe(state)
})

test.each([1, 2, 3, 4, 5])('it finds the room of a server and stays near it, whatever the order (seed %i)', (seed) => {
  const random = seededRandom(seed)
  const room = 20
  let state = unbounded
  let running: number[] = []
  let overloads = 0
  const used: number[] = []
  for (let now = 1; now < 6_000; now++) {
    while (running.length < Math.min(64, Math.floor(state.most))) running.push(now)
    const place = Math.floor(random() * running.length)
    const isOverloaded = running.length > room
    state = adapt(state, { isOverloaded, startedAt: running[place] ?? 0, inFlight: running.length, now })
    running = running.filter((_, each) => each !== place)
    expect(state.most).toBeGreaterThanOrEqual(1)
    if (now > 1_000) {
      used.push(running.length)
      overloads += isOverloaded ? 1 : 0
    }
  }
  const mean = used.reduce((sum, each) => sum + each, 0) / used.length
  expect(mean).toBeGreaterThan(room / 2)
  expect(Math.max(...used)).toBeLessThanOrEqual(room * 2)
  expect(overloads / used.length).toBeLessThan(0.25)
})
