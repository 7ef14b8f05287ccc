import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Paces, recordsFree, takeRecords } from '../../src/limits/index.ts'
import { createTestDatabase, twoPools } from '../support/database.ts'

const { db, url } = await createTestDatabase()

function paced(connection: string, recordsPerMinute: number) {
  const paces: Paces = new Map([[connection, { recordsPerMinute, quietHours: null }]])
  return { db, paces }
}

describe('the pace of a connection', () => {
  test('without one, everything may be written', async () => {
    expect(await recordsFree({ db, paces: new Map() }, 'any')).toBe(Number.POSITIVE_INFINITY)
    expect(await takeRecords({ db, paces: new Map() }, 'any', 70)).toBe(70)
  })

  test('gives a tenth of a minute at once, and no more than is there', async () => {
    const deps = paced('tenth', 60)
    expect(await recordsFree(deps, 'tenth')).toBe(6)
    expect(await takeRecords(deps, 'tenth', 4)).toBe(4)
    expect(await takeRecords(deps, 'tenth', 100)).toBe(2)
    expect(await recordsFree(deps, 'tenth')).toBe(0)
    expect(await takeRecords(deps, 'tenth', 1)).toBe(0)
  })

  test('one a minute is one a minute', async () => {
    const deps = paced('one', 1)
    expect([await takeRecords(deps, 'one', 9), await takeRecords(deps, 'one', 9)]).toEqual([1, 0])
  })

  test('is the same for all processes at once', async () => {
    const pools = twoPools(url, 4, onTestFinished)
    const { paces } = paced('shared', 600)
    const all = pools.flatMap((pool) => Array.from({ length: 20 }, () => takeRecords({ db: pool, paces }, 'shared', 9)))
    const taken = (await Promise.all(all)).reduce((sum, each) => sum + each, 0)
    // 60 at once, and the few that came free while they asked.
    expect(taken).toBeGreaterThanOrEqual(60)
    expect(taken).toBeLessThan(120)
  })

  test.each([1, 7, 60, 100, 5_999])('%i a minute is never exceeded in a minute', async (recordsPerMinute) => {
    const name = `never_${recordsPerMinute}`
    const deps = paced(name, recordsPerMinute)
    const started = performance.now()
    const taken: { at: number; count: number }[] = []
    // A second goes by in the bucket, not on the wall: its schedule is moved back by it. What goes by on the wall counts, too.
    for (let second = 0; second < 125; second++) {
      const at = second + (performance.now() - started) / 1_000
      taken.push({ at, count: await takeRecords(deps, name, 10_000) })
      const tat = sql<Date>`tat - interval '1 second'`
      await db.updateTable('buckets').set({ tat }).where('bucket', '=', `records:${name}`).execute()
    }
    const inMinute = (from: number) =>
      taken.filter(({ at }) => at >= from && at < from + 60).reduce((sum, { count }) => sum + count, 0)
    const most = Math.max(...taken.map(({ at }) => inMinute(at)))
    expect(most).toBeLessThanOrEqual(Math.ceil(recordsPerMinute * 1.02))
    expect(most).toBeGreaterThanOrEqual(Math.floor(recordsPerMinute * 0.95))
  })
})
