import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDb, connect } from '../../src/db/index.ts'
import { reportSpending } from '../../src/limits/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { budgetsOf, limitsOf, perDay, perMonth, spender } from '../support/spender.ts'

const { db, url } = await createTestDatabase()
const pools = [connect(url, { max: 8 }), connect(url, { max: 8 }), connect(url, { max: 8 })]
afterAll(async () => {
  await Promise.all(pools.map(closeDb))
})

beforeEach(async () => {
  await sql`truncate budgets, attempts, api_keys restart identity cascade`.execute(db)
})

async function addKey(name: string, caps: { usd_per_day?: number; usd_per_month?: number }) {
  const none = { usd_per_day: null, usd_per_month: null }
  const dates = { last_used_at: null, revoked_at: null }
  await db
    .insertInto('api_keys')
    .values({ name, hash: name, ...none, ...dates, ...caps })
    .execute()
}

/** What the attempts of everybody have cost or may have cost. */
async function claimed(): Promise<number> {
  const { rows } = await sql<{
    usd: number
  }>`select coalesce(sum(coalesce(cost_usd, reserved_usd)), 0) as usd from attempts`.execute(db)
  return rows[0]?.usd ?? 0
}

const refused = { code: 'spending.limit', recovery: 'retry', status: 429 }

describe('many processes that spend at once', () => {
  test('never pass a limit, and leave budgets that say what the attempts say', async () => {
    const plan = fc.array(
      fc.record({ cents: fc.integer({ min: 1, max: 40 }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      {
        minLength: 40,
        maxLength: 120,
      },
    )
    await fc.assert(
      fc.asyncProperty(plan, async (calls) => {
        await sql`truncate budgets, attempts cascade`.execute(db)
        const limits = limitsOf({ installation: { usdPerDay: 1, usdPerMonth: 1.5 }, trigger: perDay(0.6) })
        const spenders = pools.map((pool) => spender(pool, limits))
        const runs = await Promise.all(
          spenders.map((each, n) => each.run(n === 0 ? { kind: 'trigger', name: 'main' } : { kind: 'cli', name: 'x' })),
        )
        await Promise.all(
          calls.map(async ({ cents, share }, n) => {
            const [each, runId] = [spenders[n % 3], runs[n % 3]]
            if (!each || !runId) return
            const usd = cents / 100
            try {
              const id = await each.start(runId, usd)
              if (share < 0.8) await each.end(id, share < 0.1 ? null : usd * share)
            } catch (error) {
              expect(error).toMatchObject(refused)
            }
            expect(await claimed()).toBeLessThanOrEqual(1 + 1e-9)
          }),
        )
        const rows = await budgetsOf(db)
        for (const { scope, period, reserved_usd, spent_usd } of rows) {
          const cap = scope === 'installation' ? (period === 'day' ? 1 : 1.5) : 0.6
          expect(reserved_usd).toBeGreaterThanOrEqual(0)
          expect(reserved_usd + spent_usd).toBeLessThanOrEqual(cap + 1e-9)
        }
        const told = await reportSpending({ ...spender(db, limits).deps })
        for (const { scope, period, spentUsd, reservedUsd } of told) {
          const row = rows.find((each) => each.scope === scope && each.period === period)
          if (row)
            expect([row.spent_usd, row.reserved_usd]).toEqual([
              expect.closeTo(spentUsd, 7),
              expect.closeTo(reservedUsd, 7),
            ])
        }
      }),
      { numRuns: 6 },
    )
  })

  test('switch a limit on in the middle of each other’s calls, and nothing is counted twice or not at all', async () => {
    const [before, after] = [
      spender(pools[0] ?? db, limitsOf()),
      spender(pools[1] ?? db, limitsOf({ installation: perMonth(1e6) })),
    ]
    const runId = await before.run()
    const spend = async (each: typeof before, n: number) => {
      const id = await each.start(runId, 0.5)
      if (n % 3 > 0) await each.end(id, n % 3 === 1 ? 0.1 : null)
    }
    await Promise.all(Array.from({ length: 200 }, (_, n) => spend(n % 2 === 0 || n < 40 ? before : after, n)))
    const [month] = (await budgetsOf(db)).filter(({ period }) => period === 'month')
    const ended = Array.from({ length: 200 }, (_, n) => n).filter((n) => n % 3 === 1).length
    expect(month?.spent_usd).toBeCloseTo(ended * 0.1, 6)
    expect(month?.reserved_usd).toBeCloseTo((200 - ended) * 0.5, 6)
  })
})

test('what does not fit is refused with the limit, what is left and when it begins anew, and reserves nothing', async () => {
  const clock = { now: new Date('2026-11-21T12:00:00Z') }
  const { run, start } = spender(db, limitsOf({ installation: { usdPerDay: 1, usdPerMonth: 1.2 } }), clock)
  const runId = await run()
  await start(runId, 0.9)
  await expect(start(runId, 0.2)).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining(
      'installation may spend $1.00 a day; $0.00 are spent and $0.90 reserved. Goes on at 2026-11-22T00:00:00.000Z',
    ),
    retryAfterMs: 12 * 3_600_000,
    facts: {
      needs_usd: 0.2,
      limits: [
        {
          scope: 'installation',
          period: 'day',
          cap_usd: 1,
          spent_usd: 0,
          reserved_usd: 0.9,
          resets_at: '2026-11-22T00:00:00.000Z',
        },
      ],
    },
  })
  // Both refuse: the later of them says when.
  await expect(start(runId, 0.4)).rejects.toMatchObject({
    retryAfterMs: Date.parse('2026-12-01T00:00:00Z') - clock.now.getTime(),
  })
  expect(await claimed()).toBe(0.9)
  await start(runId, 0.1)
})

test('amounts that add up to a limit exactly fit, however they are written', async () => {
  const { run, start } = spender(db, limitsOf({ installation: perDay(0.3) }))
  const runId = await run()
  for (let n = 0; n < 3; n++) await start(runId, 0.1)
  await expect(start(runId, 0.00000001)).rejects.toMatchObject({ facts: { limits: [{ reserved_usd: 0.3 }] } })
})

test('a day and a month begin anew in UTC; what is open from before stays with its own', async () => {
  const clock = { now: new Date('2026-11-29T23:59:59Z') }
  const { run, start, end } = spender(db, limitsOf({ installation: { usdPerDay: 1, usdPerMonth: 1.5 } }), clock)
  const runId = await run()
  const open = await start(runId, 1)
  await expect(start(runId, 0.1)).rejects.toMatchObject(refused)
  clock.now = new Date('2026-11-30T00:00:00Z')
  await start(runId, 0.5)
  await expect(start(runId, 0.1)).rejects.toMatchObject({ facts: { limits: [{ period: 'month', reserved_usd: 1.5 }] } })
  clock.now = new Date('2026-12-01T00:00:00Z')
  await start(runId, 1)
  await end(open, 0.25)
  expect(await budgetsOf(db)).toMatchObject([
    { period: 'day', starts_on: '2026-11-29', reserved_usd: 0, spent_usd: 0.25 },
    { period: 'day', starts_on: '2026-11-30', reserved_usd: 0.5 },
    { period: 'day', starts_on: '2026-12-01', reserved_usd: 1 },
    { period: 'month', starts_on: '2026-11-01', reserved_usd: 0.5, spent_usd: 0.25 },
    { period: 'month', starts_on: '2026-12-01', reserved_usd: 1 },
  ])
})

test('a limit switched on in the middle of a month counts what was spent and what is open since its first', async () => {
  const clock = { now: new Date('2026-11-30T10:00:00Z') }
  const free = spender(db, limitsOf(), clock)
  const runId = await free.run()
  for (const day of ['2026-10-31', '2026-11-01', '2026-11-30']) {
    clock.now = new Date(`${day}T10:00:00Z`)
    await free.end(await free.start(runId, 0.5), 0.3)
    await free.start(runId, 0.2)
  }
  expect(await budgetsOf(db)).toEqual([])
  const { start } = spender(db, limitsOf({ installation: perMonth(1.05) }), clock)
  await expect(start(runId, 0.1)).rejects.toMatchObject({ facts: { limits: [{ spent_usd: 0.6, reserved_usd: 0.4 }] } })
  await start(runId, 0.05)
})

test('an attempt is settled once; one whose cost nobody knows stays reserved', async () => {
  const { run, start, end } = spender(db, limitsOf({ installation: perDay(1) }))
  const runId = await run()
  const [first, second] = [await start(runId, 0.5), await start(runId, 0.5)]
  await end(first, 0.1)
  await end(first, 0.4)
  await end(second, null)
  expect((await budgetsOf(db))[0]).toMatchObject({ period: 'day', spent_usd: 0.1, reserved_usd: 0.5 })
  await expect(start(runId, 0.41)).rejects.toMatchObject(refused)
  await start(runId, 0.4)
})

test('a key has limits of its own, also where a trigger used it, and they count from the moment they are set', async () => {
  await addKey('ops', { usd_per_day: 1 })
  await addKey('other', {})
  const { run, start, end } = spender(db, limitsOf({ trigger: perMonth(2) }))
  const [byKey, byOther] = [await run({ kind: 'key', name: 'ops' }), await run({ kind: 'key', name: 'other' })]
  const byTrigger = await run({ kind: 'trigger', name: 'main' }, 'ops')
  await end(await start(byKey, 0.5), 0.4)
  await start(byTrigger, 0.6)
  await expect(start(byKey, 0.1)).rejects.toMatchObject({ facts: { limits: [{ scope: 'key:ops' }] } })
  await expect(start(byTrigger, 0.1)).rejects.toMatchObject({ facts: { limits: [{ scope: 'key:ops' }] } })
  await start(byOther, 50)
  await db.updateTable('api_keys').set({ usd_per_day: 100 }).where('name', '=', 'ops').execute()
  await start(byKey, 5)
  await expect(start(byTrigger, 1.5)).rejects.toMatchObject({
    facts: { limits: [{ scope: 'trigger:main', reserved_usd: 0.6 }] },
  })
})

test('a model whose price nobody knows is refused while a limit applies, and asked where none does', async () => {
  await addKey('ops', { usd_per_month: 5 })
  const { run, start } = spender(db, limitsOf())
  await expect(start(await run({ kind: 'key', name: 'ops' }), null, 'llama-4')).rejects.toMatchObject({
    code: 'model.no_price',
    recovery: 'stop',
    message: expect.stringMatching(/llama-4.*key:ops.*AFTERWORD_MODELS/),
  })
  expect(await start(await run(), null, 'llama-4')).toEqual(expect.any(Number))
})
