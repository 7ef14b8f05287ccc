import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { activateSchedules, loadScheduleFolders } from '../../src/backfill/index.ts'
import { startWorking } from '../../src/main/index.ts'
import { call } from '../support/conversations.ts'
import { forgetProvider } from '../support/forget-provider.ts'
import { ask, plan } from '../support/items.ts'
import { limitsOf, perDay } from '../support/spender.ts'
import { createWorld } from '../support/world.ts'

// ENGINE.md section 6, scenario 12: more is asked for than a daily limit pays.
const world = await createWorld({ AFTERWORD_LOG_LEVEL: 'silent' })
const { db, useCases, actor, model } = world
const { admin } = world.models
model.pace.backoffMs = 1
await startWorking(world)
const patience = { timeout: 25_000, interval: 50 }

beforeEach(async () => {
  await db.deleteFrom('budgets').execute()
  await db
    .updateTable('attempts')
    .set({ started_at: new Date('2020-01-01') })
    .execute()
  model.limits = limitsOf()
  admin.reset()
})

/** New calls, to be analysed by the workers as they come in. */
async function comeIn(count: number, name: string) {
  const calls = Array.from({ length: count }, (_, n) =>
    call({ id: `${name} ${n}`, at: '2025-04-10T10:00:00Z', turns: [`My budget is ${n + 1}00 dollars.`] }),
  )
  const lines = calls.map((each) => JSON.stringify(each))
  return useCases.importConversations({ lines, actor, reason: 'test', analyse: true })
}

async function countOf(name: string) {
  const analyses = db.selectFrom('analyses').select(['conversation_id', 'outcome'])
  const rows = await analyses.where('conversation_id', 'like', `${name} %`).execute()
  const parked = db.selectFrom('parked_analyses').selectAll().where('conversation_id', 'like', `${name} %`)
  return { analysed: rows.length, parked: await parked.orderBy('conversation_id').execute() }
}

async function dayOf(scope: string) {
  return (await useCases.reportSpending()).scopes.find((each) => each.scope === scope && each.period === 'day')
}

test('of thirty new calls under a limit some are analysed, the others parked and analysed once it is raised, each paid once', async () => {
  const cap = 0.004
  model.limits = limitsOf({ installation: perDay(cap) })
  await comeIn(30, 'limit')
  await vi.waitUntil(async () => {
    const { analysed, parked } = await countOf('limit')
    return analysed + parked.length === 30 && parked.every(({ taken_until }) => Number(taken_until) < 0)
  }, patience)
  const { parked } = await countOf('limit')
  expect(parked.length).toBeGreaterThan(10)
  expect(parked[0]).toMatchObject({ code: 'spending.limit', why: expect.stringContaining('installation') })
  const day = await dayOf('installation')
  expect((day?.spentUsd ?? 0) + (day?.reservedUsd ?? 0)).toBeLessThanOrEqual(cap)
  expect(await useCases.reportSpending()).toMatchObject({
    parkedAnalyses: [{ code: 'spending.limit', analyses: parked.length, retryAt: day?.resetsAt }],
  })

  model.limits = limitsOf({ installation: perDay(1) })
  await vi.waitUntil(async () => (await countOf('limit')).analysed === 30, patience)
  expect((await countOf('limit')).parked).toEqual([])
  expect(admin.state().requests).toBe(30)
})

describe('trouble of the provider that passes', () => {
  test.for([
    ['insufficient_quota', 'model.quota'],
    ['status', 'model.rate_limited'],
  ] as const)('%s parks new calls until their time has come', async ([kind, code]) => {
    admin.fault({ kind, status: 429, retryAfterSeconds: 120, times: 30 })
    await comeIn(30, code)
    await vi.waitUntil(async () => (await countOf(code)).parked.length === 30, patience)
    const { parked } = await countOf(code)
    expect(parked).toMatchObject(Array(30).fill({ code, needs_usd: null }))
    const mostMs = code === 'model.quota' ? 300_000 : 120_000
    for (const { since, retry_at } of parked) {
      expect(retry_at.getTime() - since.getTime()).toBeGreaterThan(mostMs - 10_000)
      expect(retry_at.getTime() - since.getTime()).toBeLessThanOrEqual(mostMs + 10)
    }
    // Those under way with the first, of four loops that take two jobs each; the others are not even sent.
    expect(admin.state().requests).toBeLessThanOrEqual(8)
    admin.reset()
    await forgetProvider(world)
    await db.updateTable('parked_analyses').set({ retry_at: new Date() }).execute()
    await vi.waitUntil(async () => (await countOf(code)).analysed === 30, patience)
    expect((await countOf(code)).parked).toEqual([])
  })

  test('a request that the provider rejects is not parked: no waiting cures it', async () => {
    admin.fault({ kind: 'status', status: 422 })
    await comeIn(1, 'rejected')
    await vi.waitUntil(() => admin.state().requests === 1, patience)
    await vi.waitUntil(async () => {
      const attempts = db.selectFrom('attempts').select('outcome').where('conversation_id', '=', 'rejected 0')
      return (await attempts.executeTakeFirst())?.outcome === 'model.rejected'
    }, patience)
    expect((await countOf('rejected')).parked).toEqual([])
  })
})

test('what a file declares to repeat is started by a worker when it is due, and keeps to the limit of the file', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'afterword-backfills-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await comeIn(3, 'hourly')
  await vi.waitUntil(async () => (await countOf('hourly')).analysed === 3, patience)
  await ask(world, plan)
  const filter = { call_id: { sw: 'hourly' } }
  const file = { name: 'hourly', reason: 'test', every: 'hour', filter, cap: { usd: 0.0001, per: 'day' } }
  await writeFile(path.join(folder, 'hourly.yaml'), JSON.stringify(file))
  const hourAgo = { db, now: () => new Date(Date.now() - 3_600_000) }
  await activateSchedules(hourAgo, await loadScheduleFolders([folder]), actor)
  await vi.waitUntil(async () => (await useCases.reportSpending()).parkedBackfills.length === 1, patience)
  const { scopes, parkedBackfills } = await useCases.reportSpending()
  expect(parkedBackfills).toMatchObject([
    { actor: 'schedule:hourly', parked: { why: expect.stringContaining('schedule:hourly') } },
  ])
  expect(scopes).toContainEqual(
    expect.objectContaining({ scope: 'schedule:hourly', capUsd: 0.0001, spentUsd: 0, reservedUsd: 0 }),
  )
  const [{ schedule, lastRun } = { schedule: null, lastRun: null }] = await useCases.listSchedules()
  expect([schedule?.name, lastRun?.state, lastRun?.backfill?.id]).toEqual(['hourly', 'started', parkedBackfills[0]?.id])
  await useCases.cancelBackfill({ id: parkedBackfills[0]?.id ?? 0, actor })
})
