import { expect, test } from 'vitest'
import { itemsInFile } from '../../../src/agents/index.ts'
import { checkMapping } from '../../../src/sync/index.ts'
import { fields, mappingOf, told } from './account-fields.ts'

const description = 'What the customer says of it.'
const agents = itemsInFile({
  agents: [
    {
      agent_id: 'agent_sales',
      version: 0,
      post_call_analysis_data: [
        { type: 'date', name: 'due', description },
        { type: 'datetime', name: 'visit', description },
        { type: 'list', name: 'hobbies', description },
        { type: 'list', name: 'works', description, choices: ['heat pump', 'furnace', 'furnace'] },
      ],
    },
  ],
})

/** What is found in these rules, each in a file of its own. */
function againstBoth(rules: string[]) {
  const found = rules.map((rule) => {
    const mapping = mappingOf([rule])
    const { problems, advice } = checkMapping(mapping, { fields, agents })
    return { problems: told(mapping, problems), advice: told(mapping, advice) }
  })
  return { problems: found.flatMap(({ problems }) => problems), advice: found.flatMap(({ advice }) => advice) }
}

test('days, times and lists go where a field takes them', () => {
  expect(
    againstBoth([
      '{ from: due, to: next_visit }',
      '{ from: due, to: last_call_at, mode: max }',
      '{ from: visit, to: next_visit }',
      '{ from: visit, to: summary }',
      '{ from: hobbies, to: summary }',
      '{ from: works, to: services, mode: union, values: { heat pump: heat pump, furnace: furnace repair } }',
    ]),
  ).toEqual({ problems: [], advice: [] })
  expect(
    againstBoth([
      '{ from: due, to: budget }',
      '{ from: visit, to: mood }',
      '{ from: hobbies, to: mood }',
      '{ from: works, to: services, mode: union }',
      '{ from: hobbies, to: called_back, mode: any }',
      '{ from: hobbies, to: services, mode: union }',
    ]),
  ).toEqual({
    problems: [
      'budget: "budget" is a number; item due answers a date',
      'mood: "mood" is a choice; item visit answers a date and time',
      'mood: "mood" is a choice and takes one value; item hobbies answers a list',
      'services: "services" does not take "furnace" of item works; there are heat pump, furnace repair; values can translate',
      'called_back: "called_back" is a checkbox and takes one value; item hobbies answers a list',
      'any: mode any needs true or false; item hobbies answers neither',
    ],
    advice: ['services: item hobbies answers free text, of which "services" takes only what is a multiple choice'],
  })
})
