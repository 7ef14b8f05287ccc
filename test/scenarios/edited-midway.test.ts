import { describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { planOf, workOn, workUntil } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

// ENGINE.md section 6, scenario 8.
describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  world.account.defineProperties([textField('plan_wanted'), textField('customer_goal')])

  /** Makes the mapping the active one: edited, it has another rule for the plan and one rule more. */
  function useMapping(edited: boolean) {
    const values = edited ? { Basic: 'B', Pro: 'P', Team: null } : { Basic: 'basic', Pro: 'pro', Team: null }
    const plan = { from: 'plan', to: 'plan_wanted', values }
    return useRules(world, plan, ...(edited ? [{ from: 'goal', to: 'customer_goal' }] : []))
  }

  await useMapping(false)
  await ask(world, plan)
  const numbers = Array.from({ length: 6 }, (_, index) => `+1212555016${index}`)
  const records = await Promise.all(
    numbers.map((number) => addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })),
  )
  const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']
  await world.take(...numbers.map((number) => call({ id: number, at: '2025-04-10T10:00:00Z', number, turns })))

  test('a draft and a mapping edited in the middle of a backfill do not touch it', async () => {
    const id = await planOf(world)
    const { runId, frozen } = await world.useCases.startBackfill({ id, actor: world.actor })
    await workUntil(world, id, 2)
    expect((await world.useCases.backfillStatus(id)).items).toMatchObject({ done: 2, open: 4, claimed: 0 })

    await ask(world, plan, goal(2))
    await useMapping(true)
    await workOn(world, id)
    await world.push()

    const analyses = await world.db
      .selectFrom('analyses')
      .select('config_hash')
      .where('run_id', '=', Number(runId))
      .execute()
    const hashes = analyses.map((analysis) => analysis.config_hash)
    expect(hashes).toEqual(numbers.map(() => frozen.configs.agent_1?.hash))
    const { cells } = await world.useCases.reportBackfill(id)
    expect(cells.map((cell) => cell.field)).toEqual(records.map(() => world.account.nameOf('plan_wanted')))
    expect(new Set(cells.map((cell) => cell.decision.rule)).size).toBe(1)
    expect(records.map((record) => world.held(record).plan_wanted)).toEqual(records.map(() => 'pro'))
  })

  test('the next one takes every cell over under the new rule', async () => {
    const id = await planOf(world)
    await world.useCases.startBackfill({ id, actor: world.actor })
    await workOn(world, id)
    await world.push()
    expect(records.map((record) => world.held(record))).toMatchObject(
      records.map(() => ({ plan_wanted: 'P', customer_goal: 'My goal' })),
    )
  })

  test('what changed between plan and start is named, and nothing starts', async () => {
    const id = await planOf(world)
    await ask(world, plan, goal(5))
    await useMapping(false)
    await expect(world.useCases.startBackfill({ id, actor: world.actor })).rejects.toMatchObject({
      code: 'backfill.plan_changed',
      status: 409,
      facts: {
        changes: [
          expect.stringContaining('agent_1'),
          expect.stringMatching(/^mapping file contacts.yaml \(.* changed, .* removed\)$/),
        ],
      },
    })
    expect((await world.useCases.backfillStatus(id)).backfill).toMatchObject({ state: 'planned', runId: null })
  })

  test('what changed and was changed back is no difference', async () => {
    await ask(world, plan, goal(5))
    const id = await planOf(world)
    await ask(world, plan, goal(4))
    await ask(world, plan, goal(5))
    expect(await world.useCases.startBackfill({ id, actor: world.actor })).toMatchObject({ state: 'running' })
  })
})
