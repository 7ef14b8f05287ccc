import { describe, expect, test } from 'vitest'
import { evaluate, type FieldValue, parseMapping, type Rule, type Value } from '../../src/mapping/index.ts'
import { answered, nothing, plain, silent, spoken, value } from './saying.ts'

/** The rule as its file has it, so that what the template names is found by the parser. */
function rule(template: string, more: object = {}): Rule {
  const fields = [{ template, to: 'x', ...more }]
  const match = [{ email: 'metadata.email' }]
  const file = JSON.stringify({ version: 1, crm: 'hubspot', connection: 'main', object: 'contacts', match, fields })
  const parsed = parseMapping(file, 'a.yaml')
  const [read] = 'mapping' in parsed ? parsed.mapping.rules : []
  if (read === undefined) throw new Error(JSON.stringify(parsed))
  return { ...read, agents: plain.agents }
}

function says(template: string, fields: Record<string, FieldValue>, more: object = {}) {
  return evaluate(rule(template, more), spoken, fields)
}

const [a, b] = [answered('tea'), answered('cake')]
const asked = answered(null, 'not_mentioned')

test('every name in the template counts as from, each once, in its order', () => {
  const { from, contactField } = rule('{{#b}}{{a}}{{/b}} {{$url}} {{ a }}{{^c | Lead notes}}-{{/c | Lead notes}}')
  expect(from).toEqual(['b', 'a', '$url', 'c', 'Lead notes'])
  expect(contactField).toBe('x')
})

describe('the text', () => {
  test.each<[string, string, Record<string, FieldValue>, string]>([
    ['items and facts in one', '{{a}} and {{b}} ({{$direction}})', { a, b }, 'tea and cake (inbound)'],
    ['names with spaces and dots', '{{ Lead notes }}, {{a.length}}', { 'Lead notes': a, 'a.length': b }, 'tea, cake'],
    ['0 and false', '{{a}} {{b}} {{$duration_s}}', { a: answered(0), b: answered(false) }, '0 false 0'],
    ['nothing is escaped', '<{{a}}>', { a: answered('"R&D" <b>\'\\') }, '<"R&D" <b>\'\\>'],
    ['a list with commas', '{{a}}', { a: answered(['x', 'y']) }, 'x, y'],
    ['a list entry by entry', '{{#a}}[{{.}}]{{/a}}', { a: answered(['x', 'y']) }, '[x][y]'],
    ['blanks for what was not said', '{{a}}, {{b}}!', { a, b: asked }, 'tea, !'],
    ['blanks for a fact that is not known', '{{a}} {{$disconnection_reason}}.', { a }, 'tea .'],
    ['no blanks around it', ' {{b}} {{a}} \n', { a, b: asked }, 'tea'],
    ['a section only where it was said', '{{a}}{{#b}} with {{b}}{{/b}}', { a, b: asked }, 'tea'],
    ['a section over what was said', '{{a}}{{#b}} with {{b}}{{/b}}', { a, b }, 'tea with cake'],
    ['a section over 0', '{{#a}}{{a}} left{{/a}}', { a: answered(0) }, '0 left'],
    ['a section over a yes', '{{#a}}yes{{/a}}{{^a}}no{{/a}}', { a: answered(true) }, 'yes'],
    ['a section over a no', '{{#a}}yes{{/a}}{{^a}}no{{/a}}', { a: answered(false) }, 'no'],
    ['another text where it was not said', '{{a}}{{^b}}, nothing else{{/b}}', { a, b: asked }, 'tea, nothing else'],
    ['the first of several that the analysis has', '{{c | b}} {{a}}', { a, b }, 'cake tea'],
    ['rather one that was found', '{{a | b}}', { a: asked, b }, 'cake'],
    [
      'lines that hold only a section leave no line',
      '{{a}}\n{{#b}}\n- {{b}}\n{{/b}}\nend',
      { a, b },
      'tea\n- cake\nend',
    ],
    ['a comment is none', '{{! for sales }}{{a}}', { a }, 'tea'],
  ])('%s', (_, template, fields, text) => expect(says(template, fields)).toEqual(value(text)))

  test('what was said is text, never a template', () => {
    const hostile = '{{b}} {{#b}}x{{/b}} {{$url}} {{=<% %>=}} <%b%>'
    expect(says('{{a}}{{#b}}{{.}}{{/b}}', { a: answered(hostile), b: asked })).toEqual(value(hostile))
    expect(says('{{#a}}{{.}};{{/a}}', { a: answered([hostile]) })).toEqual(value(`${hostile};`))
  })

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'a.length', 'a.constructor', 'length'])(
    'nothing of JavaScript hides behind {{%s}}',
    (name) => {
      expect(says(`{{${name}}}`, { a })).toEqual(silent('not_asked'))
      expect(says(`{{#a}}{{${name}}}{{/a}}`, { a })).toEqual(silent('not_asked'))
      // Where there is an item of that name, it is an item like any other.
      const fields = Object.fromEntries([
        [name, b],
        ['a', a],
      ])
      const formats = { $ended_at: { date: 'yyyy' } }
      expect(says(`{{${name}}} {{$ended_at}}`, fields, { formats })).toEqual(value('cake 2026'))
      expect(says(`{{${name}}} {{$direction}}`, fields)).toEqual(value('cake inbound'))
    },
  )

  test('is cut to max_length', () => {
    expect(says('{{a}}: {{b}}', { a, b }, { max_length: 6 })).toEqual(value('tea:…'))
  })
})

describe('silent, so that a rerun never takes a part out of a text', () => {
  test.each<[string, FieldValue | undefined, string]>([
    ['was not asked', undefined, 'not_asked'],
    ['was refused', answered(null, 'refused'), 'refused'],
    ['is invalid', answered('x', 'invalid'), 'invalid'],
    ['is unverified', answered('x', 'unverified'), 'unverified'],
  ])('where an item that the text shows %s', (_, field, why) => {
    const fields: Record<string, FieldValue> = field ? { a, b: field } : { a }
    for (const template of [
      '{{a}} {{b}}',
      '{{b}} {{a}}',
      '{{a}}{{#b}} {{b}}{{/b}}',
      '{{a}}{{^b}} none{{/b}}',
      '{{b | c}}',
    ]) {
      expect(says(template, fields), template).toEqual(silent(why))
    }
    expect(says('{{b}}', { ...fields, a: asked })).toEqual(silent(why))
  })

  test('not where the text does not depend on it', () => {
    expect(says('{{a}}{{#c}} {{b}}{{/c}}', { a, c: asked })).toEqual(value('tea'))
    expect(says('{{a}}{{^a}}{{b}}{{/a}}', { a })).toEqual(value('tea'))
    expect(says('{{a | b}}', { a })).toEqual(value('tea'))
  })

  test('an unverified part is said where the rule writes such values', () => {
    const fields = { a, b: answered('cake', 'unverified') }
    expect(says('{{a}} {{b}}', fields, { unverified: 'write' })).toEqual(value('tea cake'))
  })

  test('a failed analysis, another agent and an unknown condition are, whatever the template', () => {
    expect(evaluate(rule('{{$url}}'), spoken, null)).toEqual(silent('failed'))
    expect(evaluate({ ...rule('{{a}}'), agents: ['other'] }, spoken, { a })).toEqual(silent('agent'))
    expect(says('{{a}}', { a }, { when: { user_sentiment: 'Positive' } })).toEqual(silent('condition_unknown'))
    expect(says('{{a}}', { a }, { when: { direction: 'outbound' } })).toEqual(nothing('condition'))
  })
})

describe('nothing', () => {
  test('where no item was found: facts alone make no value', () => {
    expect(says('{{a}} ({{$ended_at}})', { a: asked })).toEqual(nothing('not_mentioned'))
    expect(says('{{a}}{{b}} ({{$url}})', { a: answered(null, 'declined'), b: asked })).toEqual(nothing('declined'))
    expect(says('{{a}} ({{$url}})', { a: answered(' ') })).toEqual(nothing('blank'))
    expect(says('none{{^a}}!{{/a}}', { a: asked })).toEqual(nothing('not_mentioned'))
    expect(says('{{#$disconnection_reason}}{{a}}{{/$disconnection_reason}}x', { a })).toEqual(nothing('blank'))
  })

  test('where the text is blank', () => {
    expect(says('{{#a}}{{/a}}', { a })).toEqual(nothing('blank'))
    expect(says('{{$disconnection_reason}}', {})).toEqual(nothing('blank'))
  })

  test('under retract: never it is silence that says why', () => {
    expect(says('{{a}}', { a: asked }, { retract: 'never' })).toEqual(silent('not_mentioned'))
  })
})

test('facts alone are a value where the template names nothing else', () => {
  expect(says('{{$direction}} call of {{$agent}}', {})).toEqual(value('inbound call of agent_1'))
})

describe('formats', () => {
  const formats = {
    budget: { decimals: 0, prefix: '$' },
    $ended_at: { date: 'd MMM yyyy, HH:mm', time_zone: 'Europe/Berlin' },
  }
  const template = '{{budget}} on {{$ended_at}}'

  test('write numbers and dates in a template, by name', () => {
    expect(says(template, { budget: answered(12345.6) }, { formats })).toEqual(value('$12,346 on 1 Mar 2026, 11:00'))
    const other = '{{price | budget}}{{#budget}}, {{.}}{{/budget}} on {{$ended_at}}'
    expect(says(other, { budget: answered(5) }, { formats })).toEqual(value('$5, $5 on 1 Mar 2026, 11:00'))
  })

  test('go with the item that answered, not with the first of those beside it', () => {
    const both = { amount: { decimals: 2, prefix: '$' }, due: { date: 'd MMM yyyy' } }
    const answers = { amount: asked, due: answered('2026-03-01') }
    expect(says('{{amount | due}}', answers, { formats: both })).toEqual(value('1 Mar 2026'))
    expect(says('{{amount | due}}', { ...answers, amount: answered(5) }, { formats: both })).toEqual(value('$5.00'))
    const { amount } = both
    expect(says('{{amount | due}}', answers, { formats: { amount } })).toEqual(value('2026-03-01'))
  })

  test.each<[Value, object]>([
    ['about five', silent('not_formatted')],
    [['1', '2'], silent('not_formatted')],
    [true, silent('not_formatted')],
    [0, value('$0 on 1 Mar 2026, 11:00')],
    ['', nothing('blank')],
  ])('%j as a number', (heard, expected) => {
    expect(says(template, { budget: answered(heard) }, { formats })).toEqual(expected)
  })
})
