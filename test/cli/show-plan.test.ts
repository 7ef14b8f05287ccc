import { beforeAll, expect, test } from 'vitest'
import { showPlan } from '../../src/cli/show/show-plan.ts'
import { call } from '../support/conversations.ts'
import { createPlanWorld } from '../support/plan-world.ts'
import { openCli } from './open-cli.ts'

const world = await createPlanWorld('', { AFTERWORD_MODEL_PROFILE: 'openai' })
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

test('the lanes stand side by side, with the one that is taken, until when, and how the status tells of them', async () => {
  const { out } = await run('backfill', 'plan', '--reason', 'x', '--lane', 'flex', '--deadline', '6h')
  expect(out).toMatch(
    / {2}lanes {6}standard {2}about \$[\d.]+ \(\$[\d.]+ to \$[\d.]+\) +time not known yet: no call of late\n {13}flex {6}about \$[\d.]+ \(.*\) +time not known yet: no call of late {2}<- this plan\n {13}flex until \d{4}-.*Z: what is late then goes to standard\n/,
  )
  const id = /Backfill (\d+)/.exec(out)?.[1] ?? ''
  await run('backfill', 'start', id)
  expect((await run('backfill', 'status', id)).out).toMatch(
    / {2}lane {7}flex until \d{4}-.*Z: 0 by flex, 0 by standard\n/,
  )
  const { out: plain } = await run('backfill', 'plan', '--reason', 'x')
  expect(plain).toMatch(/ {2}lanes {6}standard .* {2}<- this plan\n {13}flex /)
})

test.each([
  [['--lane', 'cheap'], /Allowed choices are standard, flex/],
  [['--lane', 'flex', '--deadline', 'soon'], /"soon" is no deadline: give a time from now such as 90m, 6h or 2d/],
  [['--lane', 'flex', '--deadline', '2020-01-01T00:00:00Z'], /the deadline 2020-01-01T00:00:00.000Z is over/],
  [['--deadline', '6h'], /it goes with the lane flex/],
  [['--lane', 'flex', '--mapping-only'], /what asks no model has no lane/],
])('%s is refused, and says what would be right', async (options, message) => {
  const { code, err } = await run('backfill', 'plan', '--reason', 'x', ...options)
  expect(code).not.toBe(0)
  expect(err).toMatch(message)
})
