import { beforeAll, describe, expect, test } from 'vitest'
import { createVersion, publishVersion } from '../../src/agents/index.ts'
import type { PlanInput } from '../../src/backfill/index.ts'
import { openCli } from '../cli/open-cli.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
const { db, useCases, actor } = world
const { run } = openCli(world)
const numbers = Array.from({ length: 10 }, (_, place) => `+1212555010${place}`)

beforeAll(async () => {
  await ask(world, plan)
  const calls = numbers.flatMap((number) =>
    ['2025-04-01', '2025-04-02'].map((day) =>
      call({ id: `${number} ${day}`, at: `${day}T10:00:00Z`, number, turns: ['I want the Pro plan.'] }),
    ),
  )
  await world.take(...calls)
})

function planned(guards: NonNullable<PlanInput['guards']>) {
  return useCases.planBackfill({ filter: { kind: 'any', conditions: [] }, actor, reason: 'test', guards })
}

async function contactsOf(id: number): Promise<string[]> {
  const items = db.selectFrom('backfill_items').select('contact_key').where('backfill_id', '=', id)
  return (await items.distinct().orderBy('contact_key').execute()).map((item) => item.contact_key)
}

async function sampleOf(sample: NonNullable<PlanInput['guards']>['sample']) {
  const { id, estimate } = await planned(sample ? { sample } : {})
  const contacts = await contactsOf(id)
  expect(estimate).toMatchObject({ contacts: contacts.length, conversations: 2 * contacts.length })
  return contacts
}

describe('a sample', () => {
  test('of the first contacts takes all their conversations, in the order of the plan', async () => {
    const all = await sampleOf(undefined)
    expect(all).toHaveLength(10)
    expect(await sampleOf({ first: 3 })).toEqual(all.slice(0, 3))
    expect(await sampleOf({ first: 30 })).toEqual(all)
  })

  test('at random is the same for the same seed, another for another, and part of a larger one', async () => {
    const some = await sampleOf({ share: 0.3, seed: 7 })
    expect(some).toHaveLength(3)
    expect(await sampleOf({ share: 0.3, seed: 7 })).toEqual(some)
    const others = await Promise.all([8, 9, 10].map((seed) => sampleOf({ share: 0.3, seed })))
    expect(others).not.toEqual([some, some, some])
    expect(await sampleOf({ share: 0.6, seed: 7 })).toEqual(expect.arrayContaining(some))
    expect(await sampleOf({ share: 0.01, seed: 7 })).toHaveLength(1)
  })

  test('without a seed has one drawn, which is shown, and kept by a new plan', async () => {
    const { id, guards } = await planned({ sample: { share: 0.5 } })
    expect(guards.sample).toEqual({ share: 0.5, seed: expect.any(Number) })
    const again = await useCases.replanBackfill({ id, actor })
    expect(again.guards).toEqual(guards)
    expect(await contactsOf(again.id)).toEqual(await contactsOf(id))
    const shown = await run('backfill', 'plan', '--share', '50%', '--seed', '12', '--reason', 'test')
    expect(shown.out).toMatch(/selected {3}10 conversations of 5 contacts, a random 50\.0 % with --seed 12\n/)
  })

  test.each([
    [['--first', '3', '--share', '10%'], '--first and --share exclude each other'],
    [['--seed', '3'], '--seed goes with --share'],
    [['--share', '120%'], 'a share such as 10% or 0.1'],
    [['--go-on', 'ask'], '--go-on goes with --canary'],
    [['--canary', '5', '--stop-at', 'change=5%'], 'changed, null, unverified, errors with a share'],
    [['--canary', '5', '--mapping-only'], 'planned exactly'],
  ])('%j is refused with what would be right', async (options, message) => {
    const refused = await run('backfill', 'plan', ...options, '--reason', 'test')
    expect(refused.code).not.toBe(0)
    expect(refused.err).toContain(message)
  })
})

describe('where more conversations are selected than allowed', () => {
  test.each([false, true])('there is no plan, and it says how many; mapping only: %s', async (mappingOnly) => {
    if (mappingOnly) await world.useMapping(mapping)
    const input = { filter: { kind: 'any' as const, conditions: [] }, actor, reason: 'test' }
    const plan = (maxConversations: number) =>
      useCases.planBackfill({ ...input, guards: { maxConversations }, ...(mappingOnly && { mappingOnly: {} }) })
    const before = (await useCases.listBackfills()).length
    await expect(plan(19)).rejects.toMatchObject({
      code: 'backfill.too_many',
      status: 422,
      message: expect.stringContaining('20 conversations are selected, more than the 19 that are allowed'),
    })
    expect(await useCases.listBackfills()).toHaveLength(before)
    expect((await plan(20)).estimate.conversations).toBe(20)
  })
})

describe('a draft older than what its agent has published', () => {
  test('has to be named, by the words that the refusal says', async () => {
    const { version } = await createVersion({ db }, { agentId: 'agent_1', actor })
    await publishVersion({ db }, { agentId: 'agent_1', version, actor })
    const edited = new Date(Date.now() - 41.5 * 24 * 3_600_000)
    const drafts = db.updateTable('agent_versions').set({ updated_at: edited })
    await drafts.where('agent_id', '=', 'agent_1').where('version', '=', 0).execute()

    const [day, today] = [edited, new Date()].map((date) => date.toISOString().slice(0, 10))
    const sentence = `the draft of agent_1, version 0, last edited 41 days ago (${day}), is older than version 1, published ${today}`
    await expect(planned({})).rejects.toMatchObject({
      code: 'backfill.forgotten_draft',
      status: 422,
      message: expect.stringContaining(`${sentence}. To mean it all the same, say --draft-of agent_1 (drafts_of)`),
    })
    expect((await run('backfill', 'plan', '--reason', 'test')).err).toContain(sentence)
    const named = await run('backfill', 'plan', '--reason', 'test', '--draft-of', 'agent_1')
    expect(named).toMatchObject({ code: 0, out: expect.stringContaining(`${sentence}; it was named`) })
  })

  test('is no question where nothing newer is published, or a newer draft is there', async () => {
    await createVersion({ db }, { agentId: 'agent_1', actor })
    expect((await planned({})).frozen.configs.agent_1).toMatchObject({ version: 2, isDraft: true })
  })
})

const mapping = `
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone] } }]
fields: [{ from: plan, to: jobtitle }]
`
