import { beforeAll, describe, expect, test } from 'vitest'
import { goal, plan } from '../support/items.ts'
import { mappingFor } from '../support/mappings.ts'
import { addContact, textField } from '../support/records.ts'
import { askAs, askTooMuch, both, only, to, transferred } from '../support/transfers.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
const { actor, db, models, useCases } = world
const city = { type: 'string', name: 'city', description: 'The city.' }
const requests = () => models.admin.state().requests
const goalIn = (fields: object | undefined) => Object(fields).goal?.value
const own = (fields: object | undefined) => Object.keys(fields ?? {}).filter((name) => !/^(call|user)_/.test(name))

/** `agent_1` asks for the plan and a goal in 3 words, `sales` for a goal in 2 and the city. */
async function asBefore() {
  await askAs(world, 'agent_1', plan, goal(3))
  await askAs(world, 'sales', goal(2), city)
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
    transferred('alone'),
    transferred('to_sales', to('sales', only)),
    transferred('both', to('sales', both)),
    transferred('back', to('sales', both), to('agent_1', both)),
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

  test('says of each transfer who told its setting, and the stored analysis says the same', async () => {
    await askAs(world, 'agent_3', goal(1))
    const body = { post_call_analysis_data: [goal(1)], post_call_analysis_setting: both }
    await useCases.saveDraft({ agentId: 'agent_2', kind: 'call', body, actor })
    // The second is recorded without a setting at an agent that has one, the third at one that has none.
    const moves = [to('agent_2', only), to('agent_3'), to('sales')]
    const { agent_transfers: _, ...spoken } = transferred('told_by_tool')
    const said = { role: 'user', content: 'My goal is a quiet office.' }
    const tool = { agent_id: 'sales', post_call_analysis_setting: both }
    const entry = {
      role: 'tool_call_invocation',
      tool_call_id: '1',
      name: 'agent_swap',
      arguments: JSON.stringify(tool),
    }
    await world.take(transferred('told_thrice', ...moves), { ...spoken, transcript_with_tool_calls: [said, entry] })
    const sources = [
      [null, undefined],
      [only, 'sent'],
      [both, 'agent'],
      [only, 'default'],
    ]
    for (const [id, wanted] of [
      ['told_thrice', sources],
      ['told_by_tool', [sources[0], [both, 'tool']]],
    ] as const) {
      const { config } = await world.rerun(id)
      expect(config.parts?.map(({ setting, settingFrom }) => [setting, settingFrom])).toEqual(wanted)
      const [stored] = await useCases.listAnalyses(id)
      expect(stored?.parts).toEqual(config.parts)
    }
  })

  test('counts the newest drafts of both sides, and the version in the answer is that of the last agent', async () => {
    const published = await useCases.publishVersion({ agentId: 'sales', actor })
    const hash = (await world.rerun('both')).config.hash
    await askAs(world, 'sales', goal(4), city)
    await askAs(world, 'agent_1', plan, goal(3), { ...plan, name: 'second_plan' })
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

  test('a person corrects what was found although by now the items of all agents do not fit one analysis', async () => {
    await world.take({ ...transferred('outgrown', to('larger', both)), agent_id: 'large' })
    const correct = (item: string) => {
      return useCases.correctField({ conversationId: 'outgrown', item, value: 'Oslo', actor, reason: 'test' })
    }
    await askAs(world, 'larger', city)
    await world.rerun('outgrown')
    await askTooMuch(world)
    await expect(correct('city')).resolves.toMatchObject({ value: 'Oslo' })
  })
})

test('what was taken in before transfers were read is read again when it is sent again', async () => {
  const object = transferred('old', to('sales', only))
  await world.take({ ...object, agent_transfers: [] })
  const stored = () => db.selectFrom('conversations').select('transfers').where('id', '=', 'old').executeTakeFirst()
  expect(await stored()).toEqual({ transfers: [] })
  await world.take(object)
  expect(await stored()).toEqual({
    transfers: [{ agent_id: 'sales', version: null, setting: only, setting_from: 'sent' }],
  })
  expect(await useCases.getRetellObject('old')).toMatchObject({ agent_transfers: object.agent_transfers })
})

test('an agent that conversations only went to is one of ours from then on', async () => {
  await world.take(transferred('unheard', to('never_seen')))
  expect(await world.rerun('unheard')).toMatchObject({
    outcome: 'ok',
    config: { agentId: 'never_seen', version: 0, parts: [{ agentId: 'agent_1' }, { setting: only }] },
  })
})

test('what a transferred conversation says reaches the CRM by the mapping of its own agent', async () => {
  const number = '+12125550191'
  const record = await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
  await world.take({
    ...transferred('spoken', to('sales', both)),
    ...{ call_type: 'phone_call', direction: 'inbound', from_number: number, to_number: '+12125550199' },
  })
  await world.rerun('spoken')
  expect(world.held(record)).toMatchObject({ plan_wanted: 'Pro', customer_goal: 'My goal' })
})
