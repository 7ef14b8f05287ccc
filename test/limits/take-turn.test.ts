import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { closeDb, connect } from '../../src/db/index.ts'
import { pauseBucket, takeTurn, waitTurn } from '../../src/limits/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db, url } = await createTestDatabase()
const deps = { db }

async function waits(bucket: string, rate: { perSecond: number; burst: number }, turns: number): Promise<number[]> {
  const taken: number[] = []
  for (let turn = 0; turn < turns; turn++) taken.push((await takeTurn(deps, bucket, rate)).waitMs)
  return taken
}

describe('a bucket', () => {
  test('gives a burst at once and then one turn per interval', async () => {
    const taken = await waits('burst', { perSecond: 0.1, burst: 3 }, 5)
    expect(taken.slice(0, 3)).toEqual([0, 0, 0])
    expect(taken[3]).toBeGreaterThan(9_000)
    expect(taken[3]).toBeLessThanOrEqual(10_000)
    expect(taken[4]).toBeGreaterThan(19_000)
    expect(taken[4]).toBeLessThanOrEqual(20_000)
  })

  test('is no business of another bucket', async () => {
    await waits('full', { perSecond: 0.001, burst: 1 }, 2)
    expect(await waits('empty', { perSecond: 0.001, burst: 1 }, 1)).toEqual([0])
  })

  test('takes several turns at once for what costs more', async () => {
    const rate = { perSecond: 1, burst: 10 }
    expect(await takeTurn(deps, 'costly', rate, 10)).toEqual({ waitMs: 0 })
    const { waitMs } = await takeTurn(deps, 'costly', rate, 5)
    expect(waitMs).toBeGreaterThan(4_000)
    expect(waitMs).toBeLessThanOrEqual(5_000)
  })

  test('refills while nobody asks, up to the burst and no further', async () => {
    const rate = { perSecond: 20, burst: 2 }
    await waits('refill', rate, 4)
    await sleep(400)
    const [first, second, third = 0] = await waits('refill', rate, 3)
    expect([first, second]).toEqual([0, 0])
    expect(third).toBeGreaterThan(0)
  })

  test('never exceeds its rate in any window, whatever the number of processes', async () => {
    const rate = { perSecond: 100, burst: 5 }
    const pools = [connect(url, { max: 4 }), connect(url, { max: 4 }), connect(url, { max: 4 })]
    // A turn comes its wait after the database took it, which is between the asking and the answer.
    const turns: { earliest: number; latest: number }[] = []
    const end = Date.now() + 1_200
    const worker = async (pool: typeof db) => {
      while (Date.now() < end) {
        const asked = performance.now()
        const { waitMs } = await takeTurn({ db: pool }, 'shared', rate)
        turns.push({ earliest: asked + waitMs - 1, latest: performance.now() + waitMs })
        await sleep(waitMs)
      }
    }
    await Promise.all(pools.flatMap((pool) => [worker(pool), worker(pool), worker(pool), worker(pool)]))
    await Promise.all(pools.map(closeDb))
    turns.sort((a, b) => a.earliest - b.earliest)
    for (const [place, { earliest }] of turns.entries()) {
      let latest = 0
      for (const [more, turn] of turns.slice(place).entries()) {
        latest = Math.max(latest, turn.latest)
        const windowMs = latest - earliest
        const allowed = rate.burst + (rate.perSecond * windowMs) / 1000
        expect(more + 1, `turns within ${windowMs} ms`).toBeLessThanOrEqual(Math.ceil(allowed))
      }
    }
    expect(turns.length, 'and the rate is used').toBeGreaterThan(90)
  })
})

describe('a pause', () => {
  test('holds everybody back until its end, then lets one burst go and the rest follow at the rate', async () => {
    const rate = { perSecond: 1, burst: 2 }
    await pauseBucket(deps, 'paused', 5_000)
    const taken = await waits('paused', rate, 4)
    expect(taken.map((waitMs) => Math.round(waitMs / 1000))).toEqual([5, 5, 6, 7])
  })

  test('is never shortened by a shorter one', async () => {
    await pauseBucket(deps, 'twice', 10_000)
    await pauseBucket(deps, 'twice', 100)
    const [waitMs] = await waits('twice', { perSecond: 1, burst: 1 }, 1)
    expect(waitMs).toBeGreaterThan(9_000)
  })
})

describe('waiting for a turn', () => {
  test('returns when the turn has come', async () => {
    const rate = { perSecond: 10, burst: 1 }
    const started = performance.now()
    for (let turn = 0; turn < 3; turn++) await waitTurn(deps, 'waited', rate)
    expect(performance.now() - started).toBeGreaterThanOrEqual(190)
  })

  test('ends at once with an abort', async () => {
    const rate = { perSecond: 0.01, burst: 1 }
    await waitTurn(deps, 'aborted', rate)
    const controller = new AbortController()
    const waiting = waitTurn(deps, 'aborted', rate, { signal: controller.signal })
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })
})
