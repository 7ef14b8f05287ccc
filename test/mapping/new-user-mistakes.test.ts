import { expect, test } from 'vitest'
import { formatProblem, parseMapping } from '../../src/mapping/index.ts'

const kinds = { hubspot: { objects: ['contacts'] }, salesforce: { objects: ['Contact', 'Lead'] } }

const head = { crm: 'hubspot', match: '[{ email: metadata.email }]' }

/** A file of seven lines and these rules, with other words in its head where given. */
function file(rules: string, { crm, match }: Partial<typeof head> = head): string {
  const top = ['version: 1', `crm: ${crm ?? head.crm}`, 'connection: main', 'object: contacts']
  return [...top, match === undefined ? '# how do I match?' : `match: ${match}`, '', 'fields:', rules, ''].join('\n')
}

// What people who have not read the documentation write, and what they are told. Everything that is said, in order.
test.each<[string, string, string[]]>([
  [
    'a tab for an indent',
    file('  - from: call_summary\n\tto: last_call_summary'),
    ['contacts.yaml:9:1  not valid YAML: a tab at the start of a line; indent with spaces'],
  ],
  [
    'the CRM by its brand',
    file('  - { from: call_summary, to: last_call_summary }', { ...head, crm: 'HubSpot' }),
    ['contacts.yaml:2:6  unknown crm "HubSpot"; did you mean "hubspot"?'],
  ],
  [
    'form for from',
    file('  - { form: call_summary, to: last_call_summary }'),
    [
      'contacts.yaml:8:5  "from" is missing: name an item, a fact or give a template',
      'contacts.yaml:8:7  unknown key "form"; did you mean "from"?',
    ],
  ],
  [
    'a mode misspelt',
    file('  - { from: budget, to: budget, mode: fill_if_emtpy }'),
    [
      'contacts.yaml:8:39  expected one of: overwrite, fill_if_empty, max, min, any, union, count, merge; did you mean "fill_if_empty"?',
    ],
  ],
  [
    'a colon without quotes',
    file('  - from: call_summary\n    to: last_call_summary\n    description: Note: for sales'),
    ['contacts.yaml:10:18  not valid YAML: text with ": " in it needs quotes, and every key its own line'],
  ],
  [
    'values as a list',
    file('  - from: user_sentiment\n    to: sentiment\n    values:\n      - Positive: pos\n      - Negative: neg'),
    ['contacts.yaml:11:7  expected a table: { what was said: what to write }'],
  ],
  [
    'a fact that is none',
    file('  - { from: $call_ended_at, to: last_call_at }'),
    [
      'contacts.yaml:8:13  unknown fact "$call_ended_at"; known: $ended_at, $duration_s, $direction, $disconnection_reason, $agent, $url',
    ],
  ],
  [
    'no match',
    file('  - { from: call_summary, to: last_call_summary }', { crm: 'hubspot' }),
    ['contacts.yaml:1:1  "match" is missing; expected a list of steps, such as [{ email: metadata.email }]'],
  ],
  [
    'a number as text',
    file('  - { from: call_summary, to: last_call_summary, max_length: "200" }'),
    ['contacts.yaml:8:62  expected a whole number: 200 without quotes'],
  ],
  [
    'a template with a brace that is never closed',
    file('  - template: "{{call_summary} ({{$ended_at}})"\n    to: last_call_summary'),
    ['contacts.yaml:8:16  "{{" without "}}": {{call_summary} ({{$ended_at'],
  ],
  [
    'a template without quotes',
    file('  - template: {{call_summary}} ({{$ended_at}})\n    to: last_call_summary'),
    ['contacts.yaml:8:32  not valid YAML: text that starts with {{ needs quotes: "{{call_summary}} …"'],
  ],
  [
    'a key indented further than its neighbour',
    file('  - from: call_summary\n     to: last_call_summary'),
    ['contacts.yaml:8:11  not valid YAML: the line below is indented further than the keys it stands among'],
  ],
  [
    'a brace of a rule that is never closed',
    file('  - { from: call_summary, to: last_call_summary\n  - { from: budget, to: budget }'),
    ['contacts.yaml:9:3  not valid YAML: a "}" is missing before this line'],
  ],
  [
    'the version as text',
    file('  - { from: call_summary, to: last_call_summary }').replace('version: 1', 'version: "1"'),
    ['contacts.yaml:1:10  expected 1 without quotes'],
  ],
  [
    'an apostrophe inside single quotes',
    file("  - { from: call_summary, to: last_call_summary, description: 'what's new' }"),
    [
      'contacts.yaml:8:69  not valid YAML: this stands after the end of a value; text with quotes or braces in it needs quotes around',
    ],
  ],
])('%s', (_, text, told) => {
  const result = parseMapping(text, 'contacts.yaml', kinds)
  expect('problems' in result ? result.problems.map(formatProblem) : result).toEqual(told)
})
