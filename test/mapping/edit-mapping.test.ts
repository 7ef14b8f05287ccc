import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Edit, editMapping } from '../../src/mapping/index.ts'

const folder = join(import.meta.dirname, 'cases/valid')
const commented = readFileSync(join(folder, 'commented.yaml'), 'utf8')

function edited(text: string, edit: Edit): string {
  const result = editMapping(text, 'a.yaml', edit)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.text
}

/** What a line-by-line comparison shows of an edit. */
function changes(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')]
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`),
  ]
}

const value = (path: string, to: unknown) => ({ path: path.split('.'), value: to })

describe('a change of one thing changes its line alone', () => {
  test.each<[string, Edit, string[]]>([
    [
      'a key of a rule on one line',
      { change: 'set', rule: { to: 'last_call_summary' }, values: [value('max_length', 200)] },
      [
        '-  - { from: call_summary, to: last_call_summary, max_length: 1000 } # cut to fit',
        '+  - { from: call_summary, to: last_call_summary, max_length: 200 } # cut to fit',
      ],
    ],
    [
      'a new key of a rule on one line',
      { change: 'set', rule: { to: 'last_call_summary' }, values: [value('when', { call_type: 'phone_call' })] },
      [
        '-  - { from: call_summary, to: last_call_summary, max_length: 1000 } # cut to fit',
        '+  - { from: call_summary, to: last_call_summary, max_length: 1000, when: { call_type: phone_call } } # cut to fit',
      ],
    ],
    [
      'a new entry of a table in a block, and a key taken away',
      {
        change: 'set',
        rule: { to: 'sentiment' },
        values: [value('values.Neutral', null), value('retract', undefined)],
      },
      ['-    retract: never # as sales asked', '+      Neutral: null'],
    ],
    [
      'the key right behind the dash taken away',
      { change: 'set', rule: { to: 'plan' }, values: [value('max_length', undefined)] },
      ['-  - max_length: 20', '+  - '],
    ],
    [
      'a key of the file, at its place in the order',
      { change: 'set', values: [value('write', false)] },
      ['+write: false'],
    ],
    [
      'a new rule',
      { change: 'add', rule: { from: '$ended_at', to: 'last_call_at' } },
      ['+  - { from: $ended_at, to: last_call_at }'],
    ],
    [
      'a rule taken away',
      { change: 'remove', rule: { to: 'last_call_summary' } },
      ['-  - { from: call_summary, to: last_call_summary, max_length: 1000 } # cut to fit'],
    ],
  ])('%s', (_, edit, expected) => {
    expect(changes(commented, edited(commented, edit))).toEqual(expected)
  })

  test('the last rule taken away leaves an empty list, and the first added fills it', () => {
    const head = 'version: 1\ncrm: hubspot\nconnection: main\nobject: contacts\nmatch: [{ email: metadata.email }]\n'
    const none = edited(`${head}fields:\n  # here\n  - { from: a, to: b } # b\n`, {
      change: 'remove',
      rule: { to: 'b' },
    })
    expect(none).toBe(`${head}fields:\n  # here\n  [] # b\n`)
    const again = edited(none, { change: 'add', rule: { from: 'c', to: 'd' } })
    expect(again).toBe(`${head}fields:\n  # here\n  [{ from: c, to: d }] # b\n`)
    expect(edited(again, { change: 'add', rule: { from: 'e, f', to: 'g' } })).toContain(
      '[{ from: c, to: d }, { from: "e, f", to: g }] # b',
    )
  })

  test('line ends of Windows stay what they are', () => {
    const text = commented.replaceAll('\n', '\r\n')
    for (const change of [
      { change: 'add', rule: { from: 'a', to: 'b' } },
      { change: 'remove', rule: { to: 'plan' } },
      { change: 'set', values: [value('ambiguous', 'newest')] },
    ] satisfies Edit[]) {
      expect(edited(text, change).replaceAll('\r\n', '')).not.toContain('\n')
    }
  })
})

describe('an edit is refused', () => {
  const refused = (text: string, edit: Edit) => {
    const result = editMapping(text, 'a.yaml', edit)
    return 'problems' in result ? result.problems.map(({ line, message }) => `${line} ${message}`) : []
  }

  test('where what would come out is wrong, with its problems', () => {
    const rule = { to: 'sentiment' }
    expect(refused(commented, { change: 'set', rule, values: [value('retrakt', 'never')] })).toEqual([
      expect.stringMatching(/^3\d unknown key "retrakt"; did you mean "retract"\?$/),
    ])
    expect(refused(commented, { change: 'add', rule: { from: 'a', to: 'plan' } })).toEqual([
      expect.stringContaining('writes "plan" already'),
    ])
    expect(refused(commented, { change: 'set', values: [value('fields', undefined)] })).toEqual([
      expect.stringContaining('"fields" is missing'),
    ])
  })

  test('where no rule writes the field, with the nearest', () => {
    expect(refused(commented, { change: 'remove', rule: { to: 'plam' } })).toEqual([
      '19 no rule writes "plam"; did you mean "plan"?',
    ])
  })

  test('where an anchor shares the value with another rule', () => {
    const anchors = readFileSync(join(folder, 'anchors.yaml'), 'utf8')
    for (const to of ['lead_status', 'deal_status']) {
      expect(refused(anchors, { change: 'set', rule: { to }, values: [value('values.hot', 'warm')] })).toEqual([
        expect.stringContaining('edit the file by hand'),
      ])
    }
    expect(edited(anchors, { change: 'set', rule: { to: 'deal_status' }, values: [value('mode', 'count')] })).toContain(
      'values: *table, mode: count }',
    )
  })

  test('where the file is broken already', () => {
    expect(refused('version: 1\nfields: [', { change: 'remove', rule: { to: 'a' } })[0]).toContain('not valid YAML')
  })
})
