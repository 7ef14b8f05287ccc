import { describe, expect, test } from 'vitest'
import { type AgentItems, itemsInFile } from '../../../src/agents/index.ts'
import { checkMapping } from '../../../src/sync/index.ts'
import { fields, mappingOf, told } from './account-fields.ts'

const description = 'What the customer says of it.'
const agents: AgentItems[] = itemsInFile({
  agents: [
    {
      agent_id: 'agent_sales',
      version: 0,
      post_call_analysis_data: [
        { type: 'enum', name: 'service', description, choices: ['heat pump', 'boiler service'] },
        { type: 'number', name: 'offer', description },
        { type: 'boolean', name: 'wants_call', description },
        { type: 'string', name: 'notes', description },
      ],
    },
  ],
  chat_agents: [
    {
      agent_id: 'chat_agent_web',
      version: 0,
      post_chat_analysis_data: [{ type: 'string', name: 'chat_notes', description }],
    },
  ],
})

type Known = Parameters<typeof checkMapping>[1]

/** What is found in these rules, each in a file of its own. */
function check(known: Known, rules: string[], more: string[]) {
  const found = (rules.length > 0 ? rules.map((rule) => [rule]) : [[]]).map((lines) => {
    const mapping = mappingOf(lines, more)
    const { problems, advice } = checkMapping(mapping, known)
    return { problems: told(mapping, problems), advice: told(mapping, advice) }
  })
  return { problems: found.flatMap(({ problems }) => problems), advice: found.flatMap(({ advice }) => advice) }
}

const againstFields = (rules: string[], more: string[] = []) => check({ fields, agents: null }, rules, more).problems
const againstAgents = (rules: string[], more: string[] = []) => check({ fields: null, agents }, rules, more).problems
const againstBoth = (rules: string[]) => check({ fields, agents }, rules, [])

describe('against the fields of the CRM', () => {
  test('a field that is not there: at its name, with what was meant', () => {
    expect(
      againstFields([
        '{ from: notes, to: sumary }',
        '{ from: offer, to: Summary of the call }',
        '{ from: offer, to: shoe_size }',
        '{ from: notes, to: summary }',
      ]),
    ).toEqual([
      'sumary: "sumary" is no field of contacts in main; did you mean "summary"?',
      'Summary: "Summary of the call" is a label, not a field, of contacts in main; its field is "summary"',
      'shoe_size: "shoe_size" is no field of contacts in main; create it there, or name another',
    ])
  })

  test('what match and import read', () => {
    const mapping = mappingOf([], [])
    const match = [{ by: 'number' as const, of: ['from_or_to'], in: ['phone', 'fone'] }]
    const text = mapping.text.replace('{ email: metadata.email }', '{ number: { of: from_or_to, in: [phone, fone] } }')
    const wrong = checkMapping({ ...mapping, text, match }, { fields, agents: null })
    expect(told({ ...mapping, text }, wrong.problems)).toEqual([
      'fone: "fone" is no field of contacts in main; did you mean "phone"?',
    ])
    expect(againstFields([], ['import: { first_name: firstname, city: phone }'])).toEqual([
      'firstname: "firstname" is no field of contacts in main; create it there, or name another',
    ])
  })

  test('a field that cannot be written', () => {
    expect(againstFields(['{ from: $ended_at, to: created_at, max_length: 5 }'])).toEqual([
      'created_at: "created_at" cannot be written: it is read-only in the CRM',
    ])
  })

  test('a mode that the type cannot hold, at the mode', () => {
    expect(
      againstFields([
        '{ from: offer, to: summary, mode: max }',
        '{ from: wants_call, to: budget, mode: any }',
        '{ from: service, to: mood, mode: union }',
        '{ from: wants_call, to: called_back, mode: count }',
      ]),
    ).toEqual([
      'max: mode max needs a number or a date or a date and time; "summary" is text',
      'any: mode any needs a checkbox; "budget" is a number',
      'union: mode union needs a multiple choice; "mood" is a choice',
      'count: mode count needs a number; "called_back" is a checkbox',
    ])
    expect(
      againstFields([
        '{ from: offer, to: budget, mode: max }',
        '{ from: notes, to: next_visit, mode: min }',
        '{ from: wants_call, to: called_back, mode: any }',
        '{ from: service, to: services, mode: union }',
      ]),
    ).toEqual([])
  })

  test('a target of values that is no option, at the target', () => {
    expect(
      againstFields([
        '{ from: user_sentiment, to: mood, values: { Positive: positiv, Negative: bad, Neutral: neutral, Unknown: null } }',
        '{ from: service, to: services, values: { a: [heat pump, furnace repair], b: [heat pump, boiler] } }',
        '{ from: service, to: budget, values: { a: 1, b: much } }',
        '{ from: service, to: mood, values: { a: [positive, neutral] } }',
      ]),
    ).toEqual([
      'positiv: "positiv" is no option of "mood"; did you mean "positive"?',
      'bad: "bad" is no option of "mood"; there are positive, neutral, negative',
      '[heat: "boiler" is no option of "services"; there are heat pump, furnace repair',
      'much: "budget" is a number and does not take "much": not a number',
      '[positive: "mood" takes one option, not a list',
    ])
  })

  test('a max_length that the field cannot hold, or that cuts no text', () => {
    expect(
      againstFields(['{ from: notes, to: summary, max_length: 256 }', '{ from: offer, to: budget, max_length: 5 }']),
    ).toEqual(['256: "summary" takes at most 255 characters', '5: max_length cuts text; "budget" is a number'])
    expect(againstFields(['{ from: notes, to: summary, max_length: 255 }'])).toEqual([])
  })
})

describe("against the agents' items", () => {
  test('an item that nobody asks, at its name; built-in items and facts are always there', () => {
    expect(
      againstAgents([
        '{ from: [ofer, notes], to: budget }',
        '{ from: [call_summary, chat_summary], to: summary }',
        '{ from: $ended_at, to: last_call_at }',
        '{ from: shoe_size, to: x, when: { custom_analysis_data: { offr: { present: true } } } }',
      ]),
    ).toEqual([
      'ofer: no agent has an item "ofer"; did you mean "offer"?',
      expect.stringMatching(/^shoe_size: no agent has an item "shoe_size"; there are call_summary, .*, offer, /),
      'offr: no agent has an item "offr"; did you mean "offer"?',
    ])
  })

  test("a file's agents decide which items there are", () => {
    expect(againstAgents(['{ from: notes, to: summary }'], ['agents: [chat_agent_web]'])).toEqual([
      expect.stringMatching(/^notes: none of the file's agents has an item "notes"; there are .*chat_notes/),
    ])
    expect(againstAgents(['{ from: notes, to: summary }'], ['agents: [agent_sale]'])).toEqual([
      'agent_sale: there is no agent "agent_sale"; did you mean "agent_sales"?',
    ])
  })

  test('a choice that values does not name, and one that no item has', () => {
    expect(againstAgents(['{ from: service, to: mood, values: { heat pump: a, boiler servis: b } }'])).toEqual([
      'values: "boiler service" is a choice of service that values does not name: it would not be written',
      'boiler: no item of this rule has the choice "boiler servis"; did you mean "boiler service"?',
    ])
    expect(againstAgents(['{ from: user_sentiment, to: mood, values: { Positive: a, Neutral: b } }'])).toEqual([
      expect.stringContaining('"Negative" is a choice of user_sentiment'),
      expect.stringContaining('"Unknown" is a choice of user_sentiment'),
    ])
    expect(againstAgents(['{ from: wants_call, to: mood, values: { true: a } }'])).toEqual([
      expect.stringContaining('"false" is a choice of wants_call'),
    ])
  })

  test('a default stands for every choice that is not named', () => {
    const mapping = mappingOf(['{ from: service, to: mood, values: { heat pump: positive } }'])
    const rules = mapping.rules.map((rule) => ({ ...rule, default: 'neutral' }))
    expect(checkMapping({ ...mapping, rules }, { fields, agents }).problems).toEqual([])
  })

  test('free text may be translated by whatever it says', () => {
    expect(againstAgents(['{ from: notes, to: mood, values: { good: a } }'])).toEqual([])
  })
})

describe('against both', () => {
  test('answers that the field refuses', () => {
    expect(
      againstBoth([
        '{ from: service, to: services }',
        '{ from: wants_call, to: budget }',
        '{ from: offer, to: called_back }',
        '{ from: $ended_at, to: budget }',
        '{ from: $duration_s, to: next_visit }',
      ]).problems,
    ).toEqual([
      'services: "services" does not take "boiler service" of item service; there are heat pump, furnace repair; values can translate',
      'budget: "budget" does not take "true", "false" of item wants_call; it is a number; values can translate',
      'called_back: "called_back" is a checkbox; item offer answers a number',
      'budget: "budget" is a number and does not take $ended_at',
      'next_visit: "next_visit" is a date and does not take $duration_s',
    ])
  })

  test('modes that cannot compare what is answered', () => {
    expect(
      againstBoth([
        '{ from: notes, to: budget, mode: max }',
        '{ from: offer, to: called_back, mode: any, values: { 1: true, 2: maybe } }',
        '{ from: service, to: called_back, mode: any }',
        '{ from: service, to: budget, mode: count }',
      ]).problems,
    ).toEqual([
      'max: mode max compares numbers here; item notes answers text',
      'maybe: "called_back" is a checkbox and does not take "maybe": neither true nor false',
      expect.stringContaining('called_back: "called_back" does not take "heat pump", "boiler service" of item service'),
      'any: mode any needs true or false; item service answers neither',
    ])
  })

  test('free text onto a field that takes little of it is advice, not a mistake', () => {
    expect(againstBoth(['{ from: notes, to: mood }', '{ from: notes, to: next_visit }'])).toEqual({
      problems: [],
      advice: ['mood: item notes answers free text, of which "mood" takes only what is a choice'],
    })
  })
})

test('everything comes in the order of the file, whatever found it', () => {
  const mapping = mappingOf(['{ from: shoe, to: sumary }', '{ from: offr, to: created_at }'])
  const { problems } = checkMapping(mapping, { fields, agents })
  expect(problems.map(({ path, line, column }) => `${path}:${line}:${column}`)).toEqual([
    'a.yaml:7:13',
    'a.yaml:7:23',
    'a.yaml:8:13',
    'a.yaml:8:23',
  ])
})
