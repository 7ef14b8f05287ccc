import { describe, expect, test } from 'vitest'
import { formatProblem, type Mapping, parseMapping } from '../../../src/mapping/index.ts'
import { checkLive } from '../../../src/sync/index.ts'
import { ask, goal, plan } from '../../support/items.ts'
import { booleanField, datetimeField, longTextField, numberField } from '../../support/records.ts'
import { createWorldOn, type World } from '../../support/world.ts'

const world = await createWorldOn(['hubspot', 'salesforce'])
const { db, crms, useCases } = world

const description = 'What the customer says of it.'
await ask(
  world,
  plan,
  goal(5),
  { type: 'number', name: 'budget', description },
  { type: 'boolean', name: 'wants_visit', description },
  { type: 'enum', name: 'topics', description, choices: ['Heat pump', 'Boiler', 'Windows'] },
  { type: 'date', name: 'due_on', description },
  { type: 'datetime', name: 'visit_at', description },
  { type: 'list', name: 'rooms', description, choices: ['Kitchen', 'Bath'] },
  { type: 'list', name: 'hobbies', description },
  { type: 'enum', name: 'region', description, choices: ['North', 'South'] },
)
for (const account of world.accounts) {
  account.defineProperties([
    longTextField('last_call_summary'),
    { name: 'plan', type: 'enumeration', fieldType: 'select', options: [{ value: 'basic' }, { value: 'pro' }] },
    {
      name: 'topics',
      type: 'enumeration',
      fieldType: 'checkbox',
      options: ['heat_pump', 'boiler', 'windows'].map((value) => ({ value })),
    },
    numberField('highest_budget'),
    // Not of the item's type: nothing can go there.
    numberField('wants_visit'),
    booleanField('last_call_successful'),
    datetimeField('last_call_at'),
    { name: 'due_on', type: 'date', fieldType: 'date' },
    {
      name: 'rooms',
      type: 'enumeration',
      fieldType: 'checkbox',
      options: ['kitchen', 'bath'].map((value) => ({ value })),
    },
    { name: 'region', type: 'enumeration', fieldType: 'select', options: [{ value: 'east' }] },
  ])
}

async function drafted(
  input: Parameters<World['useCases']['draftMapping']>[0],
): Promise<{ text: string; mapping: Mapping }> {
  const text = await useCases.draftMapping(input)
  const parsed = parseMapping(text, `${input.connection}.yaml`)
  if ('problems' in parsed) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return { text, mapping: parsed.mapping }
}

describe.each(world.accounts)('for $kind', (account) => {
  const { connection, nameOf } = account

  test('every item goes to the field that fits it by name and type, and passes the live check', async () => {
    const { mapping } = await drafted({ connection })
    const rules = mapping.rules.map(({ from, field, mode, values }) => ({ from, field, mode, values }))
    expect(rules).toEqual([
      { from: ['call_summary', 'chat_summary'], field: nameOf('last_call_summary'), mode: 'overwrite', values: null },
      {
        from: ['call_successful', 'chat_successful'],
        field: nameOf('last_call_successful'),
        mode: 'overwrite',
        values: null,
      },
      { from: ['plan'], field: nameOf('plan'), mode: 'overwrite', values: { Basic: 'basic', Pro: 'pro', Team: null } },
      { from: ['budget'], field: nameOf('highest_budget'), mode: 'overwrite', values: null },
      {
        from: ['topics'],
        field: nameOf('topics'),
        mode: 'union',
        values: { 'Heat pump': 'heat_pump', Boiler: 'boiler', Windows: 'windows' },
      },
      { from: ['due_on'], field: nameOf('due_on'), mode: 'overwrite', values: null },
      { from: ['rooms'], field: nameOf('rooms'), mode: 'union', values: { Kitchen: 'kitchen', Bath: 'bath' } },
      { from: ['$ended_at'], field: nameOf('last_call_at'), mode: 'overwrite', values: null },
    ])
    expect(mapping).toMatchObject({ connection, object: account.object, write: false })
    expect(await checkLive({ db, crms }, { mappings: [mapping] })).toMatchObject({ problems: [], unreachable: [] })
  })

  test('matches by the number fields the account has, and imports names', async () => {
    const { mapping } = await drafted({ connection })
    expect(mapping.match.map(({ by }) => by)).toEqual(['record_id', 'email', 'number'])
    expect(mapping.match.at(-1)).toMatchObject({ in: expect.arrayContaining([nameOf('phone'), nameOf('mobilephone')]) })
    expect(mapping.import).toMatchObject({ first_name: nameOf('firstname'), last_name: nameOf('lastname') })
  })

  test('an item without a field says which to create: made and uncommented, the file is right', async () => {
    const { text } = await drafted({ connection })
    const missing = [...text.matchAll(/^ {2}# (\w+): (.*)\n {2}# - (\{ from: (\w+).*\})$/gm)]
    expect(missing.map(([, , type, , item]) => ({ item, type }))).toEqual([
      { item: 'user_sentiment', type: 'a choice of "Negative", "Positive", "Neutral", "Unknown"' },
      { item: 'goal', type: 'text of several lines' },
      { item: 'wants_visit', type: 'a checkbox' },
      { item: 'visit_at', type: 'a date and time' },
      { item: 'hobbies', type: 'text of several lines' },
      { item: 'region', type: 'a choice of "North", "South"' },
    ])
    const whole = parseMapping(text.replaceAll(/^ {2}# - \{/gm, '  - {'), 'whole.yaml')
    expect('mapping' in whole && whole.mapping.rules).toHaveLength(14)
  })

  test('only for these agents', async () => {
    const { mapping } = await drafted({ connection, agents: ['chat_agent_1'] })
    expect(mapping.agents).toEqual(['chat_agent_1'])
    expect(mapping.rules[0]?.from).toEqual(['chat_summary'])
    expect((await checkLive({ db, crms }, { mappings: [mapping] })).problems).toEqual([])
  })
})

test.each([
  [{ connection: 'mian' }, 'there is no connection mian; did you mean "main"?'],
  [{ connection: 'main', object: 'Contact' }, 'did you mean "contacts"?'],
  [{ connection: 'main', agents: ['agent_2'] }, 'there is no agent agent_2; did you mean "agent_1"?'],
])('%j is answered by what there is', async (input, message) => {
  await expect(useCases.draftMapping(input)).rejects.toThrow(message)
})
