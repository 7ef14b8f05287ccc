import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Turn } from '../../src/limits/index.ts'
import { ask, callers, ended, mostWithin, openPacing, provider, turnIn, turnOf } from './pacing.ts'

const { db, pools, twoProcesses } = await openPacing()

/** Counts the statements that the first process runs from now on. */
function countStatements() {
  const run = vi.spyOn(pools[0], 'getExecutor')
  onTestFinished(() => run.mockRestore())
  return () => run.mock.calls.length
}

describe('two processes and a limit', () => {
  test.each([600, 1_200])(
    'of %i calls a minute take no more than that in any window, and nearly all of it',
    async (turns) => {
      const processes = twoProcesses({ turns, units: null })
      const times: number[] = []
      const seconds = 5
      const signal = AbortSignal.timeout(seconds * 1000)
      const both = { signal, isBackground: false }
      await Promise.all(processes.map((process) => callers(process, 20, times, both)))
      const burst = turns / 20
      for (const windowMs of [500, 1_000, 2_000, 4_000]) {
        // A lease may be used a little after it was taken.
        const allowed = burst + (turns / 60_000) * (windowMs + 300)
        expect(mostWithin(times, windowMs), `within ${windowMs} ms`).toBeLessThanOrEqual(Math.ceil(allowed))
      }
      expect(times.length).toBeGreaterThan(burst + (turns / 60) * (seconds - 1) * 0.85)
    },
  )

  test('of tokens: so many that they are kept to, and a call larger than can be free at once goes alone', async () => {
    const [first, second] = twoProcesses({ turns: null, units: 60_000 })
    const times: number[] = []
    const signal = AbortSignal.timeout(3_000)
    const both = { signal, isBackground: false, units: 500 }
    await Promise.all([callers(first, 10, times, both), callers(second, 10, times, both)])
    // 3,000 tokens at once, then 950 a second.
    expect(times.length * 500).toBeLessThanOrEqual(3_000 + 1_000 * 3.3)
    expect(times.length * 500).toBeGreaterThan(3_000 + 700 * 2)
    await db.deleteFrom('meters').execute()
    const [third] = twoProcesses({ turns: null, units: 60_000 })
    await (await turnOf(third, { units: 9_000, isBackground: false })).end(ended)
    // It took 6,000 more than there was, which has to come in again first.
    const small = await ask(third, { units: 100, isBackground: false, longestWaitMs: 3_000 })
    expect(small).toMatchObject({ waitMs: expect.any(Number), isHeld: false })
    expect((small as { waitMs: number }).waitMs).toBeGreaterThan(4_000)
    expect((small as { waitMs: number }).waitMs).toBeLessThan(8_000)
  })

  test.each([
    { caps: { turns: null, units: 60_000 }, units: 9_000, seconds: 10 },
    { caps: { turns: null, units: 6_000 }, units: 6_000, seconds: 65 },
    { caps: { turns: 1, units: null }, units: 100, seconds: 61 },
  ])('who was refused goes once it has come in, although nobody else has asked meanwhile: $caps', async (plan) => {
    const [process] = twoProcesses(plan.caps)
    const call = { units: plan.units, isBackground: false, longestWaitMs: 3_000 }
    await (await turnOf(process, call)).end(ended)
    expect(await ask(process, call)).toMatchObject({ waitMs: expect.any(Number), isHeld: false })
    // The time goes by in the meters, not on the wall; a lease is over after a quarter of a second.
    const filledAt = sql<Date>`filled_at - ${plan.seconds}::int * interval '1 second'`
    await db.updateTable('meters').set({ filled_at: filledAt }).execute()
    await sleep(260)
    await (await turnOf(process, call)).end(ended)
  })

  test('background calls leave a fifth to those that somebody waits for', async () => {
    const [first, second] = twoProcesses({ turns: 600, units: null })
    const background: number[] = []
    const signal = AbortSignal.timeout(4_000)
    const busy = callers(first, 30, background, { signal })
    await sleep(2_000)
    const delays: number[] = []
    while (!signal.aborted) {
      const began = performance.now()
      const turn = await turnOf(second, { isBackground: false })
      delays.push(performance.now() - began)
      await turn.end(ended)
      await sleep(900)
    }
    await busy
    expect(Math.max(...delays)).toBeLessThan(600)
    expect(background.length).toBeGreaterThan(30)
    expect(background.length).toBeLessThanOrEqual(24 + 8 * 4.4)
  })

  test('that is learned from one process’s answers holds in the other, the lower of setting and answer', async () => {
    const [first, second] = twoProcesses({ turns: 6_000, units: null })
    const seen = { ...ended, perMinute: { turns: 60, units: null }, remaining: { turns: 1, units: null } }
    await (await turnOf(first)).end(seen)
    await sleep(260)
    await (await turnOf(first, { isBackground: false })).end(ended)
    const limits = await db.selectFrom('meters').select(['meter', 'per_minute']).orderBy('meter').execute()
    expect(limits.map(({ meter, per_minute }) => [meter.replace(/^.* small/, ''), per_minute])).toEqual([
      ['/turns', 60],
      ['/turns/background', 48],
    ])
    const times: number[] = []
    await callers(second, 5, times, { signal: AbortSignal.timeout(2_000), isBackground: false })
    expect(times.length).toBeLessThanOrEqual(3 + 2)
  })
})

describe('what is heard while a lease is asked for', () => {
  const waitedFor = { isBackground: false, longestWaitMs: 100 }
  const askTen = (process: Parameters<typeof ask>[0]) => Array.from({ length: 10 }, () => ask(process, waitedFor))
  const letGo = async (asked: ReturnType<typeof askTen>) => {
    const went = (await Promise.all(asked)).filter((each) => 'turn' in each).map(turnIn)
    for (const turn of went) await turn.end(ended)
    return went.length
  }

  test('of a limit counts, although another one is being written', async () => {
    const [process] = twoProcesses()
    const [first, second] = [await turnOf(process), await turnOf(process)]
    await first.end({ ...ended, perMinute: { turns: 600, units: null } })
    const writing = await db.startTransaction().execute()
    await writing
      .insertInto('meters')
      .values({ meter: `${provider} small/turns`, per_minute: 6 })
      .execute()
    const asked = askTen(process)
    await sleep(100)
    await second.end({ ...ended, perMinute: { turns: 60, units: null } })
    await writing.rollback().execute()
    expect(await letGo(asked)).toBe(3)
    const named = await db.selectFrom('meters').select('per_minute').where('meter', 'like', '%/turns').execute()
    expect(named).toEqual([{ per_minute: 60 }])
  })

  test('of what is left counts with the next', async () => {
    const [process] = twoProcesses({ turns: 6_000, units: null })
    const turn = await turnOf(process)
    await sleep(260)
    const locking = await db.startTransaction().execute()
    await sql`lock table meters in access exclusive mode`.execute(locking)
    const asked = [ask(process, waitedFor)]
    await sleep(50)
    await turn.end({ ...ended, remaining: { turns: 1, units: null } })
    await locking.rollback().execute()
    expect(await letGo(asked)).toBe(1)
    await sleep(260)
    expect(await letGo(Array.from({ length: 10 }, () => ask(process, { ...waitedFor, longestWaitMs: 0 })))).toBe(1)
  })
})

test('where no limit is known a call costs no statement but one per quarter of a second', async () => {
  const [process] = twoProcesses()
  const statements = countStatements()
  const began = performance.now()
  // However busy the machine is: until there were both, enough calls and enough statements.
  for (let calls = 0; calls <= 500 || statements() < 3; calls += 1) await (await turnOf(process)).end(ended)
  expect(statements()).toBeLessThanOrEqual((performance.now() - began) / 250 + 1)
})

describe('in one process', () => {
  test('who is waited for overtakes fifty background calls', async () => {
    const [process] = twoProcesses({ turns: 300, units: null })
    const order: string[] = []
    const run = async (name: string, isBackground: boolean) => {
      const turn = await turnOf(process, { isBackground })
      order.push(name)
      await turn.end(ended)
    }
    const stopping = new AbortController()
    const background = Array.from({ length: 50 }, (_, n) =>
      turnOf(process, { signal: stopping.signal }).then(
        (turn) => {
          order.push(`background ${n}`)
          return turn.end(ended)
        },
        () => undefined,
      ),
    )
    await vi.waitUntil(() => order.length >= 12)
    await run('waited for', false)
    const place = order.indexOf('waited for')
    expect(place).toBeLessThan(20)
    expect(order.filter((name) => name !== 'waited for')).toEqual(order.slice(0, -1).map((_, n) => `background ${n}`))
    stopping.abort()
    await Promise.all(background)
  })

  test('overload halves the background calls in flight, which grow again; who is waited for goes all the same', async () => {
    const [process] = twoProcesses()
    const first = await Promise.all(Array.from({ length: 16 }, () => turnOf(process)))
    await Promise.all(first.map((turn) => turn.end({ ...ended, isOverloaded: true })))
    let granted: Turn[] = []
    const stopping = new AbortController()
    const waiting = Array.from({ length: 40 }, () =>
      turnOf(process, { signal: stopping.signal }).then(
        (turn) => granted.push(turn),
        () => 0,
      ),
    )
    await vi.waitUntil(() => granted.length >= 8, { timeout: 10_000 })
    await sleep(300)
    expect(granted).toHaveLength(8)
    const turn = await turnOf(process, { isBackground: false })
    await turn.end(ended)
    const ending = granted
    granted = []
    for (const each of ending) await each.end(ended)
    await vi.waitUntil(() => granted.length >= 9, { timeout: 10_000 })
    await sleep(300)
    expect(granted).toHaveLength(9)
    stopping.abort()
    await Promise.all(waiting)
    for (const each of granted) await each.end(ended)
  })
})
