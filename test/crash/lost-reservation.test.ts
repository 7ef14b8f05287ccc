import { afterAll, expect, test, vi } from 'vitest'
import { startWorking } from '../../src/main/index.ts'
import { whileTheModelIsAsked } from './kill-points.ts'
import { openScene, patience } from './scene.ts'
import { modelCallCount } from './story.ts'

const cap = '0.5'
const scene = await openScene(42, { settings: { AFTERWORD_USD_PER_DAY: cap }, atEnd: afterAll })
const { world, backfillId } = scene

/** What is booked for the installation today, and what its attempts say. */
async function booked() {
  const day = world.db.selectFrom('budgets').select(['reserved_usd', 'spent_usd']).where('period', '=', 'day')
  const attempts = await world.db.selectFrom('attempts').select(['state', 'reserved_usd', 'cost_usd']).execute()
  const open = attempts.filter(({ state }) => state === 'started')
  return {
    ...(await day.where('scope', '=', 'installation').executeTakeFirstOrThrow()),
    open: open.length,
    openUsd: open.reduce((sum, { reserved_usd }) => sum + (reserved_usd ?? 0), 0),
    costUsd: attempts.reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0),
  }
}

test('what a killed worker had asked for stays reserved; everything else is settled to its cost, once', {
  timeout: 90_000,
}, async () => {
  const [doomed] = await scene.startWorkers(1)
  const trap = await whileTheModelIsAsked(world, { backfillId, atEnd: afterAll })
  await scene.startBackfill()
  await vi.waitUntil(trap.isSprung, patience)
  await doomed?.kill()
  await startWorking(world)
  await vi.waitUntil(async () => (await world.useCases.backfillStatus(backfillId)).settled, patience)
  const end = await booked()
  expect(end.open).toBeGreaterThanOrEqual(3)
  expect(end.reserved_usd).toBeCloseTo(end.openUsd, 6)
  expect(end.spent_usd).toBeCloseTo(end.costUsd, 6)
  expect(end.openUsd).toBeGreaterThan(0)
  expect(end.reserved_usd + end.spent_usd).toBeLessThanOrEqual(Number(cap))
  expect((await world.useCases.backfillStatus(backfillId)).items.outcomes).toMatchObject({ ok: modelCallCount })
})
