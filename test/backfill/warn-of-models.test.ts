import { expect, test } from 'vitest'
import { warnOfModels } from '../../src/backfill/warn-of-models.ts'
import { transact } from '../../src/db/index.ts'
import { planOf } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { createWorld } from '../support/world.ts'

// gpt-4.1 is what agents name that say nothing else.
const world = await createWorld({ AFTERWORD_MODELS: 'gpt-4.1=gpt-4.1-nano,merge=gpt-5-mini,*=gpt-5' })
await world.take(call({ id: 'call_1', at: '2025-04-10T10:00:00Z', turns: ['I want the Pro plan.'] }))

test('a plan warns of a model that is shut down and has no known price, and of no model that it does not ask', async () => {
  const { backfill } = await world.useCases.backfillStatus(await planOf(world))
  expect(backfill.estimate.warnings).toEqual([
    expect.stringMatching(/^gpt-4\.1-nano, which answers for gpt-4\.1 of 1 agent, was shut down on 2026-10-23/),
    expect.stringContaining('what gpt-4.1-nano costs is not known'),
  ])
})

test('that is as of the day of the plan, and of merges where there are some', async () => {
  const { backfill } = await world.useCases.backfillStatus(await planOf(world))
  const shutdowns = (day: string, texts: number) =>
    transact(world.db, async (trx) => {
      const deps = { db: trx, model: world.model, now: () => new Date(day) }
      const warnings = await warnOfModels(deps, backfill.frozen, { texts, costUsd: 0 })
      return warnings.filter((warning) => warning.includes('shut down'))
    })
  expect(await shutdowns('2026-08-20', 0)).toEqual([])
  expect(await shutdowns('2026-08-24', 0)).toEqual([expect.stringContaining('2026-10-23, in 60 days')])
  expect(await shutdowns('2026-12-01', 1)).toEqual([
    expect.stringContaining('gpt-4.1-nano'),
    expect.stringContaining('gpt-5-mini, which answers for merge, is shut down on 2026-12-11, in 10 days'),
  ])
})
