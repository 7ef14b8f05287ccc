import type { KyselyPlugin } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { planBackfill } from '../../src/backfill/index.ts'
import type { Filter } from '../../src/filters/index.ts'
import { planOf, workOn, workUntil } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { goal, plan } from '../support/items.ts'
import { mappingFor } from '../support/mappings.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
const { actor, db, models, useCases } = world
const at = '2025-04-10T10:00:00Z'
const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']
const city = { type: 'string', name: 'city', description: 'The city.' }

const asks = (agentId: string, ...items: object[]) =>
  useCases.saveDraft({ agentId, kind: 'call', body: { post_call_analysis_data: items }, actor })
const swapped = (id: string, ...agent_transfers: object[]) => ({ ...call({ id, at, turns }), agent_transfers })
const to = (agent_id: string, post_call_analysis_setting?: string, agent_version?: number) => ({
  agent_id,
  ...(post_call_analysis_setting && { post_call_analysis_setting }),
  ...(agent_version !== undefined && { agent_version }),
})
const both = 'both_agents'
const only = 'only_destination_agent'
const requests = () => models.admin.state().requests
const goalIn = (fields: object | undefined) => Object(fields).goal?.value
const own = (fields: object | undefined) => Object.keys(fields ?? {}).filter((name) => !/^(call|user)_/.test(name))

/** `agent_1` asks for the plan and a goal in 3 words, `sales` for a goal in 2 and the city. */
async function asBefore() {
  await asks('agent_1', plan, goal(3))
  await asks('sales', goal(2), city)
}

beforeAll(async () => {
  world.account.defineProperties([textField('plan_wanted'), textField('customer_goal')])
  await world.useMapping(
    mappingFor(world.account, [
      { from: 'plan', to: 'plan_wanted' },
      { from: 'goal', to: 'customer_goal' },
    ]),
  )
  await asBefore()
  await world.take(
    swapped('alone'),
    swapped('to_sales', to('sales', only)),
    swapped('both', to('sales', both)),
    swapped('back', to('sales', both), to('agent_1', both)),
  )
})

describe('a rerun', () => {
  test.each([
    ['alone', ['plan', 'goal'], 'My goal is'],
    ['to_sales', ['goal', 'city'], 'My goal'],
    ['both', ['plan', 'goal', 'city'], 'My goal'],
    ['back', ['city', 'plan', 'goal'], 'My goal is'],
  ])('of %s asks what its agents ask, and says with which versions', async (id, names, value) => {
    const rerun = await world.rerun(id)
    expect(own(rerun.fields).toSorted()).toEqual(names.toSorted())
    expect(goalIn(rerun.fields)).toBe(value)
    const [stored] = await useCases.listAnalyses(id)
    expect(stored).toMatchObject({ configHash: rerun.config.hash, agentVersion: 0, parts: rerun.config.parts ?? [{}] })
    const before = requests()
    expect(await world.rerun(id)).toMatchObject({ cached: true, number: 1 })
    expect(requests()).toBe(before)
  })

  test('counts the newest drafts of both sides, and the version in the answer is that of the last agent', async () => {
    const published = await useCases.publishVersion({ agentId: 'sales', actor })
    const hash = (await world.rerun('both')).config.hash
    await asks('sales', goal(4), city)
    await asks('agent_1', plan, goal(3), { ...plan, name: 'second_plan' })
    const rerun = await world.rerun('both')
    expect(goalIn(rerun.fields)).toBe('My goal is a')
    expect(own(rerun.fields)).toContain('second_plan')
    expect(rerun.config).toMatchObject({
      agentId: 'sales',
      version: published.version + 1,
      isDraft: true,
      parts: [
        { agentId: 'agent_1', version: 0, isDraft: true, setting: null },
        { agentId: 'sales', version: published.version + 1, isDraft: true, setting: both },
      ],
    })
    expect(rerun.config.hash).not.toBe(hash)
    await asBefore()
    expect(await world.rerun('both')).toMatchObject({ cached: true, config: { hash } })
  })

  test('a person corrects an item that only the destination asks', async () => {
    const corrected = useCases.correctField({
      conversationId: 'to_sales',
      item: 'city',
      value: 'Oslo',
      actor,
      reason: 'test',
    })
    await expect(corrected).resolves.toBeDefined()
  })
})

test('what was taken in before transfers were read is read again when it is sent again', async () => {
  const object = swapped('old', to('sales', only))
  await world.take({ ...object, agent_transfers: [] })
  const stored = () => db.selectFrom('conversations').select('transfers').where('id', '=', 'old').executeTakeFirst()
  expect(await stored()).toEqual({ transfers: [] })
  await world.take(object)
  expect(await stored()).toEqual({ transfers: [{ agent_id: 'sales', version: null, setting: only }] })
  expect(await useCases.getRetellObject('old')).toMatchObject({ agent_transfers: object.agent_transfers })
})

test('an agent that conversations only went to is one of ours from then on', async () => {
  await world.take(swapped('unheard', to('never_seen')))
  expect(await world.rerun('unheard')).toMatchObject({
    outcome: 'ok',
    config: { agentId: 'never_seen', version: 0, parts: [{ agentId: 'agent_1' }, { setting: only }] },
  })
})

describe('a backfill', () => {
  const ids = ['b_alone', 'b_sales', 'b_both', 'b_both_2', 'b_back']
  beforeAll(async () => {
    await world.take(
      swapped('b_alone'),
      swapped('b_sales', to('sales', only)),
      swapped('b_both', to('sales', both, 0)),
      swapped('b_both_2', to('sales', both, 7)),
      swapped('b_back', to('sales', both), to('agent_1', both)),
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
    await asks('agent_1', goal(1))
    await asks('sales', plan)
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
    await asks('sales', goal(6), city)
    await expect(useCases.startBackfill({ id, actor })).rejects.toMatchObject({
      code: 'backfill.plan_changed',
      facts: { changes: [expect.stringMatching(/^config of agent_1 to sales \(version \d then, \d now\)$/)] },
    })
    await asBefore()
    expect(await useCases.startBackfill({ id, actor })).toMatchObject({ state: 'running' })
    await workOn(world, id)
  })

  test('leaves out what went to other agents since it was planned, and goes on', async () => {
    await world.take(swapped('moved'), swapped('stays'))
    const id = await planOf(world, 'moved', 'stays')
    await world.take(swapped('moved', to('sales', both)))
    await useCases.startBackfill({ id, actor })
    await workOn(world, id)
    expect((await useCases.backfillStatus(id)).items).toMatchObject({
      done: 2,
      outcomes: { ok: 1, skipped: 1 },
      reasons: { agents_changed: 1 },
    })
  })

  test('a plan made before there were transfers is read and worked on as ever', async () => {
    await world.take(swapped('planned_before'))
    const id = await planOf(world, 'planned_before')
    const { frozen } = (await useCases.backfillStatus(id)).backfill
    expect(frozen).not.toHaveProperty('transferred')
    await useCases.startBackfill({ id, actor })
    await workOn(world, id)
    expect((await useCases.backfillStatus(id)).items).toMatchObject({ outcomes: { ok: 1 } })
  })
})

test('what a transferred conversation says reaches the CRM by the mapping of its own agent', async () => {
  const number = '+12125550191'
  const record = await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
  await world.take({ ...call({ id: 'spoken', at, number, turns }), agent_transfers: [to('sales', both)] })
  await world.rerun('spoken')
  expect(world.held(record)).toMatchObject({ plan_wanted: 'Pro', customer_goal: 'My goal' })
})

test('a plan takes as many statements for many chains as for one', async () => {
  await world.take(
    ...Array.from({ length: 12 }, (_, place) =>
      swapped(`chain_${place}`, to(`agent_of_${place}`, both), to('sales', both)),
    ),
  )
  const statements = async (...ids: string[]) => {
    let count = 0
    const transformQuery: KyselyPlugin['transformQuery'] = ({ node }) => {
      count += 1
      return node
    }
    const counted = db.withPlugin({ transformQuery, transformResult: async ({ result }) => result })
    const value = { type: 'enum', op: 'in', value: ids } as const
    const filter: Filter = { kind: 'any', conditions: [{ field: 'conversation_id', test: value }] }
    const planned = await planBackfill(
      { ...world, db: counted, now: () => new Date(), warnRecords: 1_000 },
      { filter, actor, reason: 'test' },
    )
    expect(planned.frozen.transferred).toHaveLength(ids.length)
    return count
  }
  const all = Array.from({ length: 12 }, (_, place) => `chain_${place}`)
  // The first plan links them too.
  await statements(...all)
  expect(await statements(...all)).toBe(await statements('chain_0'))
})
