import { expect, test } from 'vitest'
import { checkMapping } from '../../../src/sync/index.ts'
import { fields, mappingOf, told } from './account-fields.ts'

/** What is found in these rules, each in a file of its own. */
function againstFields(rules: string[]): string[] {
  return rules.flatMap((rule) => {
    const mapping = mappingOf([rule])
    return told(mapping, checkMapping(mapping, { fields, agents: null }).problems)
  })
}

test('the fields of a stamp: there, writable, and of a kind that takes it', () => {
  expect(
    againstFields([
      '{ from: notes, to: summary, stamp: { at: budget, link: mood } }',
      '{ from: notes, to: summary, stamp: { at: created_at, link: last_cal_at } }',
      '{ from: notes, to: summary, stamp: { at: last_call_at, link: phone } }',
    ]),
  ).toEqual([
    'budget: stamp at needs a date and time or a date or text; "budget" is a number',
    'mood: stamp link needs text; "mood" is a choice',
    'created_at: "created_at" cannot be written: it is read-only in the CRM',
    'last_cal_at: "last_cal_at" is no field of contacts in main; did you mean "last_call_at"?',
  ])
})

test('a template or a format that makes text, onto a field that is none', () => {
  expect(
    againstFields([
      '{ template: "{{offer}} EUR", to: budget }',
      '{ from: offer, to: budget, format: { prefix: EUR } }',
      '{ from: offer, to: budget, format: { decimals: 0 } }',
      '{ template: "{{notes}}", to: summary }',
    ]),
  ).toEqual([
    '"{{offer}} EUR": this template makes text; "budget" is a number',
    '{: this format makes text; "budget" is a number',
  ])
})
