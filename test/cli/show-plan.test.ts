import { beforeAll, expect, test } from 'vitest'
import { showPlan } from '../../src/cli/show/show-plan.ts'
import { call } from '../support/conversations.ts'
import { createPlanWorld } from '../support/plan-world.ts'
import { openCli } from './open-cli.ts'

const world = await createPlanWorld()
const { run } = openCli(world)

beforeAll(() => world.take(call({ id: 'call_1', at: '2025-04-10T10:00:00Z', turns: ['I want the Pro plan.'] })))

test('a plan shows its cost with the range, what that was learned from, and of which day the prices are', async () => {
  const { out } = await run('backfill', 'plan', '--reason', 'x')
  expect(out).toMatch(
    /estimate {3}about \$[\d.]+ \(\$[\d.]+ to \$[\d.]+\), up to \$[\d.]+ without the provider's cache, for [\d,]+ tokens in and \d+ out\n {13}not calibrated yet: ±15%, by prices of 2026-11-21\n/,
  )
})

test('a plan that was made before there were ranges shows what it has', async () => {
  const { backfill } = await world.useCases.backfillStatus(1)
  const { costUsdLow, costUsdHigh, learnedFromCalls, pricesAsOf, ...before } = backfill.estimate
  expect([costUsdLow, costUsdHigh, learnedFromCalls, pricesAsOf]).not.toContain(undefined)
  const shown = showPlan({ ...backfill, estimate: before })
  expect(shown).toMatch(/estimate {3}about \$[\d.]+, \$[\d.]+ without the provider's cache, for /)
  expect(shown).not.toContain('calibrated')
})
