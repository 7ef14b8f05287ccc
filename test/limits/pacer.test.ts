import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { closeDb, connect, type Db } from '../../src/db/index.ts'
import {
  openPacer,
  type Pacer,
  type PerMinute,
  type Refusal,
  readPause,
  type Turn,
  type TurnEnd,
} from '../../src/limits/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db, url } = await createTestDatabase()
// Each with a pool of its own, as processes have.
const pools = [connect(url, { max: 4 }), connect(url, { max: 4 })]
afterAll(() => Promise.all(pools.map(closeDb)))

const provider = 'https://model.test#1'
const pace = `${provider} small`
const none: PerMinute = { turns: null, units: null }
const ended: TurnEnd = { isOverloaded: false, perMinute: none, remaining: none, holdMs: 0, credit: 'answered' }

beforeEach(async () => {
  await db.deleteFrom('meters').execute()
  await db.deleteFrom('provider_pauses').execute()
  await db.deleteFrom('buckets').execute()
})

type Process = { db: Db; pacer: Pacer }

function twoProcesses(caps: PerMinute = none): [Process, Process] {
  const [first, second] = pools.map((each) => ({ db: each, pacer: openPacer(provider, caps) }))
  if (!first || !second) throw new Error('two pools are two processes')
  return [first, second]
}

type Options = { units?: number; isBackground?: boolean; longestWaitMs?: number; signal?: AbortSignal }

function ask({ db, pacer }: Process, options: Options = {}): Promise<{ turn: Turn } | Refusal> {
  return pacer.takeTurn({ db }, { pace, units: 100, isBackground: true, longestWaitMs: 60_000, ...options })
}

async function turnOf(process: Process, options: Options = {}): Promise<Turn> {
  return turnIn(await ask(process, options))
}

function turnIn(taken: { turn: Turn } | Refusal): Turn {
  if ('turn' in taken) return taken.turn
  throw new Error(`refused: ${JSON.stringify(taken)}`)
}

/** Callers that take one turn after another until the signal, each noting when it got it. */
async function callers(process: Process, count: number, times: number[], options: Options & { signal: AbortSignal }) {
  const caller = async () => {
    while (!options.signal.aborted) {
      const turn = await turnOf(process, options)
      times.push(performance.now())
      await turn.end(ended)
    }
  }
  await Promise.all(
    Array.from({ length: count }, () => caller().catch((error) => expect(error).toBe(options.signal.reason))),
  )
}

/** The most that came within any window of so long. */
function mostWithin(times: number[], windowMs: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return Math.max(0, ...sorted.map((from, place) => sorted.slice(place).filter((at) => at < from + windowMs).length))
}

async function statements(work: () => Promise<void>): Promise<number> {
  const query = vi.spyOn(pools[0] as Db, 'executeQuery')
  const before = query.mock.calls.length
  await work()
  const count = query.mock.calls.length - before
  query.mockRestore()
  return count
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
    expect(limits.map(({ meter, per_minute }) => [meter.slice(pace.length), per_minute])).toEqual([
      ['/turns', 60],
      ['/turns/background', 48],
    ])
    const times: number[] = []
    await callers(second, 5, times, { signal: AbortSignal.timeout(2_000), isBackground: false })
    expect(times.length).toBeLessThanOrEqual(3 + 2)
  })
})

test('where no limit is known a call costs no statement but one per quarter of a second', async () => {
  const [process] = twoProcesses()
  const began = performance.now()
  let calls = 0
  const count = await statements(async () => {
    while (performance.now() - began < 1_000) {
      await (await turnOf(process)).end(ended)
      calls += 1
    }
  })
  expect(calls).toBeGreaterThan(500)
  expect(count).toBeLessThanOrEqual(5)
})

describe('a hold', () => {
  test('keeps everybody from asking: whose patience is shorter is told at once, the others wait for its end', async () => {
    const [first, second] = twoProcesses()
    const idle = await turnOf(second)
    await (await turnOf(first)).end({ ...ended, isOverloaded: true, holdMs: 2_000 })
    for (const isBackground of [true, false]) {
      const refused = await ask(first, { isBackground, longestWaitMs: 1_000 })
      expect(refused).toMatchObject({ isHeld: true, waitMs: expect.any(Number) })
    }
    // The other process had a lease of 250 ms.
    await sleep(260)
    expect(await ask(second, { longestWaitMs: 1_000 })).toMatchObject({ isHeld: true })
    const began = performance.now()
    await Promise.all([turnOf(first), turnOf(second)])
    expect(performance.now() - began).toBeGreaterThan(1_300)
    await idle.end(ended)
  })

  test('an abort ends a wait with the signal’s reason, and the others go on', async () => {
    const [process] = twoProcesses()
    await (await turnOf(process)).end({ ...ended, holdMs: 600 })
    const stopping = new AbortController()
    const left = turnOf(process, { signal: stopping.signal })
    const stays = turnOf(process)
    stopping.abort(new Error('the service stops'))
    await expect(left).rejects.toThrow('the service stops')
    await (await stays).end(ended)
  })
})

describe('out of credit', () => {
  const refused: TurnEnd = { ...ended, credit: { refused: 'no credit' } }
  const due = () =>
    db
      .updateTable('provider_pauses')
      .set({ retry_at: new Date(0) })
      .execute()

  test('nobody asks any more, in no process; when it is time one does, and its answer frees all', async () => {
    const [first, second] = twoProcesses()
    const underWay = await Promise.all([turnOf(first), turnOf(first), turnOf(second)])
    const pauses = await Promise.all(underWay.map((turn) => turn.end(refused)))
    expect(pauses[0]).toMatchObject({ why: 'no credit', retryMs: expect.any(Number) })
    const waitMs = (await readPause(db, provider))?.retryMs ?? 0
    expect(waitMs, 'three refusals at once count as one').toBeGreaterThan(4.9 * 60_000)
    expect(waitMs).toBeLessThanOrEqual(5 * 60_000)
    const answers = await Promise.all([first, second, first, second].map((process) => ask(process)))
    expect(answers).toMatchObject(Array(4).fill({ paused: { why: 'no credit' } }))

    await due()
    await sleep(260)
    const probing = [first, first, second, second].map((process) => ask(process))
    const settled = await Promise.race([Promise.all(probing), sleep(800)])
    expect(settled, 'who waits beside the one that asks waits for its answer').toBeUndefined()
    const prober = await Promise.any(probing.map(async (each) => turnIn(await each)))
    await prober.end(ended)
    expect(await readPause(db, provider)).toBeNull()
    // Of the process that asked all go on now; the others were told to wait.
    const all = await Promise.all(probing)
    expect(all.filter((each) => 'turn' in each)).toHaveLength(2)
    expect(all.filter((each) => 'paused' in each)).toHaveLength(2)
    for (const process of [first, second]) await (await turnOf(process)).end(ended)
  })

  test('refused again it waits twice as long, up to an hour', async () => {
    const [process] = twoProcesses()
    await (await turnOf(process)).end(refused)
    const minutes: number[] = []
    for (let n = 0; n < 5; n++) {
      await due()
      await sleep(260)
      const pause = await (await turnOf(process)).end(refused)
      minutes.push(Math.round((pause?.retryMs ?? 0) / 60_000))
    }
    expect(minutes).toEqual([10, 20, 40, 60, 60])
  })

  test('somebody who waits may ask before the time, but not again and again', async () => {
    const [process] = twoProcesses()
    await (await turnOf(process)).end(refused)
    expect(await ask(process, { isBackground: false })).toMatchObject({ paused: {} })
    await db
      .updateTable('provider_pauses')
      .set({ asked_at: new Date(Date.now() - 11_000) })
      .execute()
    expect(await ask(process)).toMatchObject({ paused: {} })
    const turn = await turnOf(process, { isBackground: false })
    await turn.end(ended)
    expect(await readPause(db, provider)).toBeNull()
  })
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
    await sleep(300)
    expect(granted).toHaveLength(8)
    const turn = await turnOf(process, { isBackground: false })
    await turn.end(ended)
    const ending = granted
    granted = []
    for (const each of ending) await each.end(ended)
    await sleep(300)
    expect(granted).toHaveLength(9)
    stopping.abort()
    await Promise.all(waiting)
    for (const each of granted) await each.end(ended)
  })
})
