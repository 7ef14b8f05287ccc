import { beforeEach, describe, expect, test } from 'vitest'
import { activeMappings } from '../../src/sync/index.ts'
import { missingKeys } from '../../src/sync/prepare/activity-keys.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { createWorldOn } from '../support/world.ts'
import { openCli } from './open-cli.ts'

const world = await createWorldOn(['hubspot', 'salesforce'])
const { hubspot, db, crm } = world
const { run } = openCli(world)
const number = { type: 'number', name: 'budget', description: 'In USD.' }
const flag = { type: 'boolean', name: 'is_ready', description: 'Whether they buy now.' }
const met = { type: 'date', name: 'met_on', description: 'When they met us.' }
const topics = { type: 'list', name: 'topics', description: 'What it was about.', choices: ['price', 'support'] }

await ask(world, plan, goal(5), number, flag, topics, met)
const rules = [
  { from: 'plan', to: 'plan_wanted' },
  { from: 'goal', to: 'goal_text', stamp: { at: 'goal_at' } },
  { from: 'budget', to: 'budget_usd', mode: 'max' },
  { from: 'is_ready', to: 'is_ready' },
  { from: 'topics', to: 'topics_said', mode: 'union' },
  { from: '$ended_at', to: 'last_call_at' },
  { from: 'plan', to: 'plan_tier', field: 'tier', values: { Basic: 'low', Pro: 'high', Team: 'high' } },
  { from: 'is_ready', to: 'times_ready', field: 'times', mode: 'count' },
]

const read = ['crm.objects.contacts.read', 'crm.objects.contacts.write', 'crm.schemas.contacts.read']
const created = () => hubspot.requests().operations['properties.create']
const audited = () => db.selectFrom('audit_entries').selectAll().where('action', '=', 'crm.prepared').execute()
const described = async () => (await crm.describe('contacts')).filter(({ name }) => rules.some(({ to }) => to === name))

/** The fields that are missing and the kinds that they would have. */
async function listed(): Promise<string[][]> {
  const { out } = await run('crm', 'prepare', 'main')
  const rows = out.split('\n').slice(3, -1)
  return rows.map((line) => line.split(/ {2,}/)).map(([, name = '', , kind = '']) => [name, kind])
}

beforeEach(async () => {
  hubspot.reset()
  hubspot.configure({ rateScale: 100, scopes: [...read, 'crm.schemas.contacts.write'] })
  await useRules(
    world,
    ...rules.map((rule) => ('stamp' in rule && rule.stamp ? { ...rule, stamp: { at: 'goal_at' } } : rule)),
  )
  await db.deleteFrom('crm_schemas').execute()
})

describe('in HubSpot', () => {
  test('shows what is missing, and creates nothing without --yes', async () => {
    const { code, out } = await run('crm', 'prepare', 'main')
    expect(code).toBe(0)
    const rows = out
      .split('\n')
      .slice(3, -1)
      .map((line) => line.split(/ {2,}/))
    expect(rows).toEqual([
      ['contacts', 'plan_wanted', 'Plan wanted', 'choice: Basic, Pro, Team', 'missing'],
      ['contacts', 'goal_text', 'Goal text', 'long text', 'missing'],
      ['contacts', 'goal_at', 'Goal at', 'datetime', 'missing'],
      ['contacts', 'budget_usd', 'Budget usd', 'number', 'missing'],
      ['contacts', 'is_ready', 'Is ready', 'boolean', 'missing'],
      ['contacts', 'topics_said', 'Topics said', 'choices: price, support', 'missing'],
      ['contacts', 'last_call_at', 'Last call at', 'datetime', 'missing'],
      ['contacts', 'plan_tier', 'Plan tier', 'choice: low, high', 'missing'],
      ['contacts', 'times_ready', 'Times ready', 'number', 'missing'],
    ])
    expect(out).toContain('Nothing has been created: afterword crm prepare main --yes creates these.')
    expect(created()).toBeUndefined()
    expect(await audited()).toHaveLength(0)
  })

  test('a field is of a kind that its mode can hold, whatever is answered, and has options only where it is chosen from', async () => {
    await useRules(
      world,
      { from: 'goal', to: 'max_goal', mode: 'max' },
      { from: 'plan', to: 'min_plan', mode: 'min' },
      { from: 'plan', to: 'count_plan', mode: 'count' },
      { from: 'plan', to: 'any_plan', mode: 'any' },
      { from: '$ended_at', to: 'max_ended', mode: 'max' },
    )
    expect(await listed()).toEqual([
      ['max_goal', 'number'],
      ['min_plan', 'number'],
      ['count_plan', 'number'],
      ['any_plan', 'boolean'],
      ['max_ended', 'datetime'],
    ])
  })

  test('--yes creates them so that the mapping fits, audited; a second time there is nothing to do', async () => {
    expect(await run('crm', 'prepare', 'main', '--yes')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/times_ready .* created$/m),
    })
    expect(await audited()).toMatchObject([{ actor: 'cli:tester', subject_kind: 'connection', subject_id: 'main' }])
    expect(created()).toMatchObject({ calls: 9, byStatus: { 201: 9 } })
    const doctor = await run('crm', 'doctor', 'main')
    expect([doctor.code, doctor.out]).toEqual([
      0,
      expect.stringMatching(/ok +main +contacts fields +\d+ there and fit contacts/),
    ])
    const again = await run('crm', 'prepare', 'main', '--yes')
    expect(again).toMatchObject({ code: 0, out: 'main: every field that the mapping files write is there' })
    expect(created()?.calls).toBe(9)
    expect(await audited()).toHaveLength(1)
  })

  test('a field that several rules write is shown once, and takes what each of them writes', async () => {
    const one = { when: { call_status: 'ended' } }
    const other = { when: { chat_status: 'ended' } }
    const tiers = (low: string) => ({ Basic: low, Pro: 'high', Team: 'high' })
    await useRules(
      world,
      { from: 'plan', to: 'tier', values: tiers('low'), ...one },
      { from: 'goal', to: 'goal_text' },
      { from: 'plan', to: 'tier', values: tiers('none'), ...other },
      { from: 'plan', to: 'plan_or_goal', ...one },
      { from: 'goal', to: 'plan_or_goal', max_length: 100, ...other },
      { from: 'plan', to: 'plan_or_topics', ...one },
      { from: 'topics', to: 'plan_or_topics', ...other },
      { from: 'goal', to: 'goals', max_length: 100, ...one },
      { from: 'call_summary', to: 'goals', ...other },
      { from: 'met_on', to: 'latest', mode: 'max', ...one },
      { from: '$ended_at', to: 'latest', mode: 'max', ...other },
    )
    expect(await listed()).toEqual([
      ['tier', 'choice: low, high, none'],
      ['goal_text', 'long text'],
      ['plan_or_goal', 'text'],
      ['plan_or_topics', 'choices: Basic, Pro, Team, price, support'],
      ['goals', 'long text'],
      ['latest', 'datetime'],
    ])
    await run('crm', 'prepare', 'main', '--yes')
    expect((await run('crm', 'doctor', 'main')).out).toMatch(/contacts fields +8 there and fit contacts/)
  })

  test('two at once, or an answer that is lost after the work: each is made once', async () => {
    hubspot.addFault({ operation: 'properties.create', kind: 'after_commit', times: 2 })
    hubspot.addFault({ operation: 'properties.create', kind: 'cut' })
    hubspot.addFault({ operation: 'groups.create', kind: 'after_commit' })
    const both = await Promise.all([run('crm', 'prepare', 'main', '--yes'), run('crm', 'prepare', 'main', '--yes')])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect(await described()).toHaveLength(8)
    expect(both.map(({ out }) => out).join()).not.toContain('REFUSED')
  }, 20_000)

  test('a scope that is missing is named, and nothing is made', async () => {
    hubspot.configure({ scopes: read })
    const { code, err } = await run('crm', 'prepare', 'main', '--yes')
    expect([code, err]).toEqual([1, expect.stringContaining('it needs crm.schemas.contacts.write')])
    expect(await described()).toHaveLength(0)
  })

  test('one that somebody makes meanwhile is compared, told, and left as it is', async () => {
    const draft = {
      object: 'contacts',
      name: 'plan_wanted',
      label: 'x',
      description: '',
      kind: 'text',
      isLong: false,
      options: null,
      isUnique: false,
    } as const
    hubspot.defineProperties([{ name: 'plan_wanted', type: 'number', fieldType: 'number' }])
    expect(await crm.createField?.(draft)).toMatchObject({
      outcome: 'refused',
      why: expect.stringContaining('it is number (number)'),
    })
    expect(await crm.createField?.({ ...draft, kind: 'number' })).toEqual({ outcome: 'there' })
    expect(await crm.createField?.({ ...draft, kind: 'number', isUnique: true })).toMatchObject({
      outcome: 'refused',
      why: expect.stringContaining('without unique values'),
    })
    expect((await described())[0]).toMatchObject({ kind: 'number', unique: false, label: 'plan_wanted' })
    const choice = { ...draft, name: 'plan_tier', kind: 'choice' } as const
    const options = ['low', 'high', 'none'].map((value) => ({ label: value, value }))
    hubspot.defineProperties([{ name: 'plan_tier', type: 'enumeration', fieldType: 'select', options }])
    expect(await crm.createField?.({ ...choice, options: ['high', 'low'] })).toEqual({ outcome: 'there' })
    expect(await crm.createField?.({ ...choice, options: ['low', 'mid', 'top'] })).toMatchObject({
      outcome: 'refused',
      why: expect.stringContaining('without the options "mid", "top"'),
    })
  })

  test('a name that HubSpot does not take is refused in its words, and the others are made', async () => {
    await useRules(world, { from: 'plan', to: 'Plan_Wanted' }, { from: 'goal', to: 'goal_text' })
    const { code, out } = await run('crm', 'prepare', 'main', '--yes')
    expect(code).toBe(1)
    expect(out).toMatch(/Plan_Wanted .* REFUSED: VALIDATION_ERROR: .*not a valid property name/)
    expect(out).toMatch(/goal_text .* created/)
  })

  test('the key of activities is made with unique values, and only for mappings that log them', async () => {
    const mappings = await activeMappings(db)
    // An account may be without the scope for the other.
    const asked: unknown[] = []
    const { activities } = crm
    if (!activities) throw new Error('every CRM has activities')
    const keys: typeof activities.keys = async (kinds) => {
      asked.push(kinds)
      return activities.keys(kinds)
    }
    const wanting = (activity: { calls: boolean; chats: boolean }) =>
      missingKeys(
        { ...crm, activities: { ...activities, keys } },
        mappings.map((mapping) => ({ ...mapping, activity })),
      )
    expect(await missingKeys(crm, mappings)).toEqual([])
    expect((await wanting({ calls: false, chats: true })).map(({ object }) => object)).toEqual(['communications'])
    const [draft, ...others] = await wanting({ calls: true, chats: false })
    expect(draft).toMatchObject({ object: 'calls', name: 'afterword_conversation_id', isUnique: true })
    expect(others).toEqual([])
    expect(asked).toEqual([['chat'], ['call']])
    expect(draft && (await crm.createField?.(draft))).toEqual({ outcome: 'created' })
    expect(draft && (await crm.createField?.(draft))).toEqual({ outcome: 'there' })
  })
})

test('in Salesforce an admin is told what to create, and nothing is done', async () => {
  const before = await audited()
  const { code, out } = await run('crm', 'prepare', 'salesforce', '--yes')
  expect(code).toBe(0)
  expect(out).toMatch(/Contact +Plan_Wanted__c +Plan Wanted +choice: Basic, Pro, Team +missing/)
  expect(out).toContain('An admin creates these: Setup → Object Manager')
  expect(await audited()).toEqual(before)
})
