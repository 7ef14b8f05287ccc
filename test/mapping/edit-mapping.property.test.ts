import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isMap, isPair, isSeq, Lexer, LineCounter, parse, parseDocument } from 'yaml'
import { type Edit, editMapping } from '../../src/mapping/index.ts'

// Every valid fixture, and the files that ship.
const folder = join(import.meta.dirname, 'cases/valid')
const shipped = ['contacts.yaml', 'salesforce/salesforce-contacts.yaml']
const files = [
  ...readdirSync(folder).map((name) => join(folder, name)),
  ...shipped.map((name) => join(import.meta.dirname, '../../mappings', name)),
].filter((file) => file.endsWith('.yaml'))
const texts = files.map((file) => readFileSync(file, 'utf8'))
const commented = readFileSync(join(folder, 'commented.yaml'), 'utf8')

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

test('any edit of any file gives what was asked, and leaves every other line and comment where it was', {
  timeout: 90_000,
}, () => {
  const seen = { done: 0, refused: 0 }
  const cases = fc.oneof(...texts.map((text) => fc.tuple(fc.constant(text), editOf(text))))
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
    { numRuns: 300 },
  )
  expect(seen.done).toBeGreaterThan(100)
  expect(seen.refused).toBeGreaterThan(10)
})

test('comments within a rule outlive a change of its other keys', () => {
  const rules = (parse(commented) as File).fields.map(({ to }) => ({ to: String(to) }))
  const keys = settings({
    existing: ruleKeys.existing as fc.Arbitrary<unknown>,
    others: fc.constantFrom('respect', 'ignore'),
  })
  fc.assert(
    fc.property(fc.constantFrom(...rules), keys, (rule, values) => {
      expect(commentsIn(textOf(editMapping(commented, 'a.yaml', { change: 'set', rule, values })))).toEqual(
        commentsIn(commented),
      )
    }),
    { numRuns: 60 },
  )
})

function textOf(result: ReturnType<typeof editMapping>): string {
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.text
}
