import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isMap, isPair, isSeq, Lexer, LineCounter, parse, parseDocument } from 'yaml'
import { type Edit, editMapping } from '../../src/mapping/index.ts'

const folder = join(import.meta.dirname, 'cases/valid')
const files = [
  ...readdirSync(folder).map((name) => join(folder, name)),
  ...['contacts.yaml', 'salesforce/salesforce-contacts.yaml'].map((name) =>
    join(import.meta.dirname, '../../mappings', name),
  ),
].filter((file) => file.endsWith('.yaml'))
const texts = files.map((file) => readFileSync(file, 'utf8'))
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

// ---- any edit of any file ----

type File = { fields: Record<string, unknown>[]; [key: string]: unknown }

const word = fc.constantFrom(
  'a',
  'new',
  'null',
  'x: y',
  '# no comment',
  "it's",
  '☕, "b"',
  'true',
  '12',
  '- z',
  'two\nlines',
)
const ruleKeys: Record<string, fc.Arbitrary<unknown>> = {
  from: fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 })),
  field: word,
  mode: fc.constantFrom('overwrite', 'fill_if_empty', 'max', 'union'),
  existing: fc.constantFrom('dated', 'keep', 'replace'),
  retract: fc.constantFrom('allow', 'never'),
  max_length: fc.integer({ min: 1, max: 5000 }),
  values: fc.dictionary(word, fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null))),
  when: fc.constant({ call_type: 'phone_call', duration_ms: { ge: 20000 } }),
}
const fileKeys: Record<string, fc.Arbitrary<unknown>> = {
  write: fc.boolean(),
  ambiguous: fc.constantFrom('park', 'newest'),
  agents: fc.array(word, { minLength: 1, maxLength: 2 }),
  default_country: fc.constantFrom('US', 'GB'),
  import: fc.constant({ first_name: 'firstname', city: 'city' }),
}

function settings(keys: Record<string, fc.Arbitrary<unknown>>) {
  const one = Object.entries(keys).map(([key, values]) =>
    fc.oneof({ weight: 3, arbitrary: values }, fc.constant(undefined)).map((to) => ({ path: [key], value: to })),
  )
  return fc.array(fc.oneof(...one), { minLength: 1, maxLength: 3 })
}

function editOf(text: string): fc.Arbitrary<Edit> {
  const { fields } = parse(text) as File
  const fileEdit = settings(fileKeys).map((values): Edit => ({ change: 'set', values }))
  const added = fc
    .record({ from: word, mode: fc.constantFrom('max', 'overwrite'), values: fc.dictionary(word, word) })
    .map((rule): Edit => ({ change: 'add', rule: { ...rule, to: 'brand_new' } }))
  if (fields.length === 0) return fc.oneof(fileEdit, added)
  const rule = fc.constantFrom(...fields.map(({ to }) => ({ to: String(to) })))
  const ruleEdit = fc
    .tuple(rule, settings(ruleKeys))
    .map(([named, values]): Edit => ({ change: 'set', rule: named, values }))
  const removed = rule.map((named): Edit => ({ change: 'remove', rule: named }))
  return fc.oneof(fileEdit, added, ruleEdit, removed)
}

/** What the file is to hold afterwards. */
function wanted(text: string, edit: Edit): File {
  const file = parse(text) as File
  if (edit.change === 'add') return { ...file, fields: [...file.fields, edit.rule] }
  const place = file.fields.findIndex(({ to }) => to === edit.rule?.to)
  if (edit.change === 'remove') return { ...file, fields: file.fields.toSpliced(place, 1) }
  const target: Record<string, unknown> = edit.rule ? (file.fields[place] ?? {}) : file
  for (const { path, value: to } of edit.values) {
    if (to === undefined) delete target[path[0] ?? '']
    else target[path[0] ?? ''] = to
  }
  return file
}

/** The lines that belong to what an edit names: they may change, no other may. */
function linesOf(text: string, edit: Edit): Set<number> {
  const counter = new LineCounter()
  const root = parseDocument(text, { lineCounter: counter }).contents
  const lines = new Set<number>()
  const mark = (start: number, end: number) => {
    // Trailing blank lines and comments, which a block's range takes along, are not its own.
    const own = text.slice(start, end).replace(/(\s|#[^\n]*(?=\n|$))+$/, '')
    const [from, to] = [counter.linePos(start).line, counter.linePos(start + own.length).line]
    for (let line = from; line <= to; line++) lines.add(line)
  }
  if (!isMap(root)) return lines
  if (root.flow) mark(0, text.length)
  const list = root.get('fields')
  if (edit.change === 'set' && edit.rule === undefined) {
    for (const pair of root.items) {
      if (!isPair(pair) || !edit.values.some(({ path }) => path[0] === String(pair.key))) continue
      const [start = 0] = (pair.key as { range?: number[] }).range ?? []
      const [, end = start] = (pair.value as { range?: number[] } | null)?.range ?? []
      mark(start, end)
    }
  } else if (isSeq(list)) {
    if (list.flow || list.items.length === 0) mark(list.range?.[0] ?? 0, list.range?.[1] ?? 0)
    for (const item of edit.change === 'add' ? [] : list.items) {
      if (isMap(item) && item.get('to') === edit.rule?.to) mark(item.range?.[0] ?? 0, item.range?.[1] ?? 0)
    }
  }
  return lines
}

function commentsIn(text: string): string[] {
  return [...new Lexer().lex(text)].filter((token) => token.startsWith('#'))
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let place = 0
  for (const entry of whole) if (entry === part[place]) place += 1
  return place === part.length
}

test('any edit of any file gives what was asked, and leaves every other line and comment where it was', () => {
  const seen = { done: 0, refused: 0 }
  const cases = fc.constantFrom(...texts).chain((text) => fc.tuple(fc.constant(text), editOf(text)))
  fc.assert(
    fc.property(cases, ([text, edit]) => {
      const result = editMapping(text, 'a.yaml', edit)
      if ('problems' in result) {
        seen.refused += 1
        expect(result.problems.length).toBeGreaterThan(0)
        return
      }
      seen.done += 1
      expect(parse(result.text)).toEqual(wanted(text, edit))
      const touched = linesOf(text, edit)
      const untouched = text.split('\n').filter((_, index) => !touched.has(index + 1))
      expect(isSubsequence(untouched, result.text.split('\n'))).toBe(true)
      if (edit.change !== 'remove') return
      // Nothing is left over of a rule but the brackets of an empty list.
      expect(result.text.length).toBeLessThan(text.length)
    }),
    { numRuns: 600 },
  )
  expect(seen.done).toBeGreaterThan(200)
  expect(seen.refused).toBeGreaterThan(20)
})

test('comments within a rule outlive a change of its other keys', () => {
  const rules = (parse(commented) as File).fields.map(({ to }) => ({ to: String(to) }))
  const keys = settings({
    existing: ruleKeys.existing as fc.Arbitrary<unknown>,
    others: fc.constantFrom('respect', 'ignore'),
  })
  fc.assert(
    fc.property(fc.constantFrom(...rules), keys, (rule, values) => {
      expect(commentsIn(edited(commented, { change: 'set', rule, values }))).toEqual(commentsIn(commented))
    }),
    { numRuns: 100 },
  )
})
