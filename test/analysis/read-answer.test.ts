import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Item } from '../../src/agents/index.ts'
import { compileItems } from '../../src/analysis/compile-items.ts'
import { readAnswer } from '../../src/analysis/read-answer.ts'
import { answerStatuses } from '../../src/analysis/wire-schema.ts'
import { jsonIn } from '../../src/model/json-in.ts'
import { budget, company, configOf, due, hobbies, isOwner, plan, rooms, visit } from './sample.ts'

const items = compileItems(configOf(company, budget, plan, isOwner, due, visit, hobbies, rooms), 'call')

/** The answer of a model that says the same of every item but those given. */
/** As the answer of a model arrives. */
function read(text: string, asked: Parameters<typeof readAnswer>[1]) {
  return readAnswer(jsonIn(text).json, asked)
}

function answer(given: Record<string, unknown>): string {
  const other = { evidence: [], status: 'not_mentioned', value: null }
  return JSON.stringify(Object.fromEntries(items.map(({ key, name }) => [key, name in given ? given[name] : other])))
}

function found(value: unknown) {
  return { evidence: [{ turn: 1, quote: 'q' }], status: 'found', value }
}

function field(name: string, given: unknown) {
  return read(answer({ [name]: given }), items)?.[name]
}

describe('a found value', () => {
  test.each([
    ['company', 'Say "hi" \\ 👋'],
    ['budget', 0],
    ['budget', -1.5],
    ['plan', 'pro'],
    ['is_owner', false],
  ])('of %s is %j', (name, value) => {
    expect(field(name, found(value))).toEqual({ value, status: 'found', evidence: [{ turn: 1, quote: 'q' }] })
  })

  test.each([
    ['due', '2026-02-28', '2026-02-28'],
    ['due', ' March 5th, 2026 ', '2026-03-05'],
    ['visit', '2026-03-05T15:00+02:00', '2026-03-05T13:00:00.000Z'],
    ['hobbies', [' tea ', 'Go', 'tea', ''], ['tea', 'Go']],
    ['rooms', ['hall', 'kitchen', 'hall'], ['hall', 'kitchen']],
  ])('of %s that is %j is stored as %j', (name, given, value) => {
    expect(field(name, found(given))).toMatchObject({ value, status: 'found' })
  })

  test.each([
    ['budget', '1500', 'not_a_number'],
    ['is_owner', 'false', 'not_a_boolean'],
    ['is_owner', 0, 'not_a_boolean'],
    ['plan', 'premium', 'not_a_enum'],
    ['plan', 'PRO', 'not_a_enum'],
    ['company', ['Acme'], 'not_a_string'],
    ['company', { name: 'Acme' }, 'not_a_string'],
    ['company', [], 'not_a_string'],
    ['due', '2026-02-30', 'not_a_date'],
    ['due', 'tomorrow', 'not_a_date'],
    ['due', 20260305, 'not_a_date'],
    ['visit', '2026-03-05', 'not_a_datetime'],
    ['visit', '2026-03-05T25:00Z', 'not_a_datetime'],
    ['hobbies', 'tea, Go', 'not_a_list'],
    ['hobbies', ['tea', 7], 'not_a_list'],
    ['hobbies', [null], 'not_a_list'],
    ['rooms', ['kitchen', 'Bath'], 'not_a_list'],
    ['rooms', ['hall '], 'not_a_list'],
  ])('of %s that is %j is invalid, and never converted', (name, value, reason) => {
    expect(field(name, found(value))).toEqual({ value: null, status: 'invalid', evidence: [], reason })
  })

  test('that is null or blank is not mentioned', () => {
    for (const value of [null, '', ' \n\t']) {
      expect(field('company', found(value))).toMatchObject({ value: null, status: 'not_mentioned' })
    }
    expect(field('budget', found(null))).toMatchObject({ value: null, status: 'not_mentioned' })
    for (const value of [null, [], ['', ' ']]) {
      expect(field('hobbies', found(value))).toMatchObject({ value: null, status: 'not_mentioned' })
    }
  })
})

test('a value under any other status does not count', () => {
  for (const status of ['not_mentioned', 'ambiguous', 'declined']) {
    expect(field('plan', { evidence: [], status, value: 'pro' })).toEqual({ value: null, status, evidence: [] })
  }
})

test.each([
  ['missing', undefined],
  ['malformed', 'pro'],
  ['malformed', null],
  ['malformed', { evidence: [], status: 'maybe', value: 'pro' }],
  ['malformed', { evidence: [], value: 'pro' }],
])('a %s field is invalid and spoils no other', (reason, given) => {
  const fields = read(answer({ plan: given, budget: found(5) }), items)
  expect(fields?.plan).toMatchObject({ status: 'invalid', reason })
  expect(fields?.budget).toMatchObject({ status: 'found', value: 5 })
})

test('evidence of another form is dropped, not the value', () => {
  const strange = { evidence: [{ turn: '1' }, 7, { turn: 2.5, quote: 'q' }, { turn: 3 }], status: 'found', value: 5 }
  expect(field('budget', strange)).toEqual({ value: 5, status: 'found', evidence: [{ turn: 3, quote: '' }] })
  expect(field('budget', { ...strange, evidence: 'turn 1' })).toMatchObject({ status: 'found', evidence: [] })
})

test.each(['', 'null', '[]', '"f01"', '```json\n{}\n```', '{"f01":', '{}', '{"company":"Acme"}'])(
  '%j is no answer at all',
  (text) => {
    expect(read(text, items)).toBeNull()
  },
)

test('items may be called anything', () => {
  const names = ['__proto__', 'constructor', '123', '👋', 'a'.repeat(80)]
  const strange = names.map((name): Item => ({ type: 'string', name, description: 'd' }))
  const compiled = compileItems({ items: strange, model: 'm' }, 'call')
  const text = JSON.stringify(Object.fromEntries(compiled.map(({ key, name }) => [key, found(`${name}!`)])))
  const entries = new Map(Object.entries(read(text, compiled) ?? {}))
  for (const name of names) expect(entries.get(name)).toMatchObject({ value: `${name}!` })
})

test('whatever JSON a model sends, every item has one well-formed field or there is no answer', () => {
  const keys = fc.constantFrom(...items.map(({ key }) => key))
  fc.assert(
    fc.property(
      fc.dictionary(keys, fc.oneof(fc.jsonValue(), fc.record({ status: fc.constant('found'), value: fc.jsonValue() }))),
      (json) => {
        const fields = read(JSON.stringify(json), items)
        if (fields === null) return
        expect(Object.keys(fields)).toEqual(items.map(({ name }) => name))
        for (const { status, value } of Object.values(fields)) expect(value !== null).toBe(status === 'found')
      },
    ),
  )
})

test('a field is read as its schema says', () => {
  const one = z
    .object({ turn: z.number().int(), quote: z.string().catch('') })
    .nullable()
    .catch(null)
  const schema = z.object({ status: z.enum(answerStatuses), value: z.unknown(), evidence: z.array(one).catch([]) })
  const any = fc.jsonValue()
  const cited = fc.record(
    {
      turn: fc.oneof(fc.integer(), fc.double(), fc.constantFrom(2 ** 53, 1.5, '1'), any),
      quote: fc.oneof(fc.string(), any),
    },
    { requiredKeys: [] },
  )
  const given = fc.record(
    {
      status: fc.oneof(fc.constantFrom(...answerStatuses), fc.constantFrom('FOUND', 'toString'), any),
      value: fc.oneof(fc.constant('Acme'), any),
      evidence: fc.oneof(fc.array(fc.oneof(cited, any)), any),
      other: any,
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.oneof(given, any), (raw): void => {
      const asSent: unknown = JSON.parse(JSON.stringify(raw))
      const read = field('company', asSent)
      const parsed = schema.safeParse(asSent)
      if (!parsed.success) {
        expect(read).toMatchObject({ status: 'invalid', reason: 'malformed' })
        return
      }
      const { status, value, evidence } = parsed.data
      if (read?.status === 'invalid') {
        expect(read.reason).toBe('not_a_string')
        expect([status, typeof value]).not.toEqual(['found', 'string'])
        return
      }
      expect(read?.evidence).toEqual(evidence.filter((each) => each !== null))
      const isBlank = value === null || (typeof value === 'string' && value.trim() === '')
      expect(read?.status).toBe(status === 'found' && isBlank ? 'not_mentioned' : status)
    }),
  )
})
