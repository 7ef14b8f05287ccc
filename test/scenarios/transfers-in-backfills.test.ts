import { beforeAll, expect, test } from 'vitest'
import { planBackfill } from '../../src/backfill/index.ts'
import { showStatus } from '../../src/cli/show/show-status.ts'
import type { Filter } from '../../src/filters/index.ts'
import { planOf, workOn, workUntil } from '../support/backfills.ts'
import { countStatements } from '../support/database.ts'
import { goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { textField } from '../support/records.ts'
import { askAs, askTooMuch, both, only, to, transferred } from '../support/transfers.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
const { actor, db, models, useCases } = world
const city = { type: 'string', name: 'city', description: 'The city.' }
const requests = () => models.admin.state().requests
const goalIn = (fields: object) => Object(fields).goal?.value

/** `agent_1` asks for the plan and a goal in 3 words, `sales` for a goal in 2 and the city. */
async function asBefore() {
  await askAs(world, 'agent_1', plan, goal(3))
  await askAs(world, 'sales', goal(2), city)
}

const ids = ['b_alone', 'b_sales', 'b_both', 'b_both_2', 'b_back']
beforeAll(async () => {
  world.account.defineProperties([textField('customer_goal')])
  await useRules(world, { from: 'goal', to: 'customer_goal' })
  await asBefore()
  await world.take(
    transferred('b_alone'),
    transferred('b_sales', to('sales', only)),
    transferred('b_both', to('sales', both, 0)),
    transferred('b_both_2', to('sales', both, 7)),
    transferred('b_back', to('sales', both), to('agent_1', both)),
  )
})

test('freezes a config for every chain among its conversations, and each is analysed with its own', async () => {
  await asBefore()
  const id = await planOf(world, ...ids)
  const { backfill: planned } = await useCases.backfillStatus(id)
  expect(Object.keys(planned.frozen.configs)).toEqual(['agent_1'])
  expect(planned.frozen.transferred).toHaveLength(3)
  expect(planned.estimate).toMatchObject({ conversations: 5, modelCalls: 5, cached: 0 })

  const { runId } = await useCases.startBackfill({ id, actor })
  await workUntil(world, id, 2)
  await askAs(world, 'agent_1', goal(1))
  await askAs(world, 'sales', plan)
  await workOn(world, id)
  const made = await db
    .selectFrom('analyses')
    .select(['conversation_id', 'config_hash', 'fields'])
    .where('run_id', '=', Number(runId))
    .execute()
  expect(Object.fromEntries(made.map((row) => [row.conversation_id, goalIn(row.fields)]))).toEqual({
    b_alone: 'My goal is',
    b_sales: 'My goal',
    b_both: 'My goal',
    b_both_2: 'My goal',
    b_back: 'My goal is',
  })
  const frozenHashes = [
    ...Object.values(planned.frozen.configs).map(({ hash }) => hash),
    ...(planned.frozen.transferred ?? []).map(({ hash }) => hash),
  ]
  expect(new Set(made.map((row) => row.config_hash))).toEqual(new Set(frozenHashes))
  expect((await useCases.backfillStatus(id)).items).toMatchObject({ done: 5, outcomes: { ok: 5 } })
  // A chain is frozen for whoever went that way; each analysis says who told the setting of its own.
  expect(planned.frozen.transferred?.flatMap(({ parts }) => parts.map((part) => part.settingFrom))).not.toContain(
    'sent',
  )
  const [analysis] = await useCases.listAnalyses('b_back')
  expect(analysis?.parts?.map((part) => part.settingFrom)).toEqual([undefined, 'sent', 'sent'])
})

test('the next one, with the same prompts, expects everything from the cache and finds it there', async () => {
  await asBefore()
  const id = await planOf(world, ...ids)
  const { backfill } = await useCases.backfillStatus(id)
  expect(backfill.estimate).toMatchObject({ cached: 5, modelCalls: 0 })
  const before = requests()
  await useCases.startBackfill({ id, actor })
  await workOn(world, id)
  expect(requests()).toBe(before)
  expect(await useCases.reportChanges(id)).toMatchObject({ compared: 5, isFirst: 0 })
})

test('does not start where a destination asks something else by now, and names the chain', async () => {
  const id = await planOf(world, 'b_both', 'b_alone')
  await askAs(world, 'sales', goal(6), city)
  await expect(useCases.startBackfill({ id, actor })).rejects.toMatchObject({
    code: 'backfill.plan_changed',
    facts: { changes: [expect.stringMatching(/^config of agent_1 to sales \(version \d then, \d now\)$/)] },
  })
  await asBefore()
  expect(await useCases.startBackfill({ id, actor })).toMatchObject({ state: 'running' })
  await workOn(world, id)
})

test('leaves out what went to other agents since it was planned, and goes on', async () => {
  await world.take(transferred('moved'), transferred('stays'))
  const id = await planOf(world, 'moved', 'stays')
  await world.take(transferred('moved', to('sales', both)))
  await useCases.startBackfill({ id, actor })
  await workOn(world, id)
  expect((await useCases.backfillStatus(id)).items).toMatchObject({
    done: 2,
    outcomes: { ok: 1, skipped: 1 },
    reasons: { agents_changed: 1 },
  })
  // It was analysed neither by this backfill nor when it was sent again, so it is said how it can be.
  expect(await useCases.listAnalyses('moved')).toEqual([])
  expect(showStatus(await useCases.backfillStatus(id))).toContain(
    `left out   1 conversation sent again since with other agents: afterword backfill start ${id} --replan`,
  )
  const { id: again } = await useCases.replanBackfill({ id, actor })
  await useCases.startBackfill({ id: again, actor })
  await workOn(world, again)
  expect((await useCases.backfillStatus(again)).items).toMatchObject({ outcomes: { ok: 2 }, cached: 1 })
})

const tooLarge = 'the items of large version 0, then larger version 0 do not fit one analysis'

test('leaves out what agents held whose items do not fit one analysis, warns of it and goes on', async () => {
  await askTooMuch(world)
  await world.take({ ...transferred('large', to('larger', both)), agent_id: 'large' }, transferred('beside_large'))
  const id = await planOf(world, 'large', 'beside_large')
  const { estimate } = (await useCases.backfillStatus(id)).backfill
  expect(estimate).toMatchObject({ conversations: 1, warnings: [expect.stringContaining(tooLarge)] })
  await useCases.startBackfill({ id, actor })
  await workOn(world, id)
  expect((await useCases.backfillStatus(id)).items).toMatchObject({
    done: 2,
    outcomes: { ok: 1, skipped: 1 },
    reasons: { 'agent.transfer_too_large': 1 },
  })
  await expect(planOf(world, 'large')).rejects.toMatchObject({ code: 'agent.transfer_too_large' })
})

test('does not start where the items of agents have come not to fit one analysis, and names them', async () => {
  await askTooMuch(world)
  await askAs(world, 'larger', city)
  await world.take({ ...transferred('grown', to('larger', both)), agent_id: 'large' })
  const id = await planOf(world, 'grown')
  await askTooMuch(world)
  await expect(useCases.startBackfill({ id, actor })).rejects.toMatchObject({
    code: 'backfill.plan_changed',
    facts: { changes: [expect.stringContaining(tooLarge)] },
  })
})

test('a plan made before there were transfers is read and worked on as ever', async () => {
  await world.take(transferred('planned_before'))
  const id = await planOf(world, 'planned_before')
  const { frozen } = (await useCases.backfillStatus(id)).backfill
  expect(frozen).not.toHaveProperty('transferred')
  await useCases.startBackfill({ id, actor })
  await workOn(world, id)
  expect((await useCases.backfillStatus(id)).items).toMatchObject({ outcomes: { ok: 1 } })
})

test('a plan takes as many statements for many chains as for one', async () => {
  await world.take(
    ...Array.from({ length: 12 }, (_, place) =>
      transferred(`chain_${place}`, to(`agent_of_${place}`, both), to('sales', both)),
    ),
  )
  const statements = async (...ids: string[]) => {
    const counted = countStatements(db)
    const value = { type: 'enum', op: 'in', value: ids } as const
    const filter: Filter = { kind: 'any', conditions: [{ field: 'conversation_id', test: value }] }
    const planned = await planBackfill(
      { ...world, db: counted.db, now: () => new Date(), warnRecords: 1_000 },
      { filter, actor, reason: 'test' },
    )
    expect(planned.frozen.transferred).toHaveLength(ids.length)
    return counted.count()
  }
  const all = Array.from({ length: 12 }, (_, place) => `chain_${place}`)
  // The first plan links them too.
  await statements(...all)
  expect(await statements(...all)).toBe(await statements('chain_0'))
})
