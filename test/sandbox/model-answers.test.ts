import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sharedData } from '../support/shared-data.ts'
import {
  BOOLEAN,
  type FieldAnswer,
  item,
  NUMBER,
  oneOf,
  openModel,
  type Properties,
  type Said,
  TEXT,
} from './model-api.ts'

const SALES: Said = [
  ['agent', 'Hi, this is Sam from Brightside. Am I speaking with the right person about the scheduling tool?'],
  ['user', 'Yes, this is Priya Raman from Northwind Logistics. I would like to see a demo of the reporting.'],
  ['agent', 'What is your budget for this year?'],
  ['user', 'We have about $12,500 set aside, maybe 15k if the "reporting" is good 🙂.'],
  ['agent', 'How many seats would you need?'],
  ['user', 'Around forty-five people in dispatch.'],
  ['agent', 'Are you the decision maker?'],
  ['user', 'No, our CFO signs off on it. My main concern is the migration. Write me at priya@northwind.example.'],
  ['agent', 'Shall we say Monday at 11 am?'],
  ['user', 'Not Monday. Tuesday at 3 pm works for me, thank you!'],
  ['tool_call book_slot', '{"day":"Wednesday"}'],
  ['tool_result', 'ok'],
  ['agent', 'Great, your demo is booked for Tuesday at 3 pm. Goodbye!'],
]
const ANGRY: Said = [
  ['agent', 'Hello, may I ask your name?'],
  ['user', 'I would rather not say. This is ridiculous, I am really frustrated.'],
  ['agent', 'When did the problem start?'],
  ['user', "I don't remember. Forget it, I am hanging up."],
]
const ITEMS: Properties = {
  f01: item('call_summary: Write a 1-3 sentence summary of the call.', TEXT),
  f02: item('call_successful: Evaluate whether the call was successful.', BOOLEAN),
  f03: item('user_sentiment: Mood of the user.', oneOf('Negative', 'Positive', 'Neutral', 'Unknown')),
  f04: item('customer_name: Name of the customer', TEXT),
  f05: item('company: The company the caller works for', TEXT),
  f06: item('budget: The budget, in dollars', NUMBER),
  f07: item('seats: How many seats they need', NUMBER),
  f08: item('decision_maker: True when the caller decides on the purchase', BOOLEAN),
  f09: item('email: Where to send things', TEXT),
  f10: item('demo_day: Day of the demo', oneOf('Monday', 'Tuesday', 'Wednesday')),
  f11: item('demo_time: Time of the demo\nExamples: 9 am | 4 pm', TEXT),
  f12: item('main_concern: What worries the customer most', TEXT),
  f13: item('refund_amount: The amount refunded\nOnly if: Only when a refund was promised', NUMBER),
}
const valuesOf = (fields: Record<string, FieldAnswer>) =>
  Object.fromEntries(Object.entries(fields).map(([key, { value }]) => [key, value]))

describe('the extractor', () => {
  test('answers every kind of item from what was said', async () => {
    const { extract } = await openModel()
    expect(valuesOf(await extract(ITEMS, SALES))).toEqual({
      f01: 'The caller wants to see a demo of the reporting. Outcome: Great, your demo is booked for Tuesday at 3 pm.',
      f02: true,
      f03: 'Positive',
      f04: 'Priya Raman',
      f05: 'Northwind Logistics',
      f06: 15_000,
      f07: 45,
      f08: false,
      f09: 'priya@northwind.example',
      f10: 'Tuesday',
      f11: '3 pm',
      f12: 'My main concern is the migration',
      f13: null,
    })
  })

  test('quotes only what stands word for word in the turn it names', async () => {
    const { extract } = await openModel()
    for (const said of [SALES, ANGRY]) {
      const evidence = Object.values(await extract(ITEMS, said)).flatMap((field) => field.evidence)
      expect(evidence.length).toBeGreaterThan(2)
      for (const { turn, quote } of evidence) {
        expect(quote).not.toBe('')
        expect(said[turn - 1]?.[1]).toContain(quote)
      }
    }
  })

  test('finds a failed call, its mood, and who would not or could not answer', async () => {
    const { extract } = await openModel()
    const fields = await extract({ ...ITEMS, f14: item('problem_start: When the problem started', NUMBER) }, ANGRY)
    expect(fields).toMatchObject({
      f02: { status: 'found', value: false },
      f03: { value: 'Negative' },
      f04: { status: 'declined', value: null },
      f06: { status: 'not_mentioned', value: null, evidence: [] },
      f14: { status: 'ambiguous', value: null },
    })
  })

  test('finds nothing where there is no transcript', async () => {
    const { extract } = await openModel()
    const fields = Object.values(await extract(ITEMS, []))
    expect(fields.every(({ status, value }) => status === 'not_mentioned' && value === null)).toBe(true)
  })
})

describe('a summary', () => {
  test.each([
    ['Write a 1–5 word summary of the call', 'See demo reporting'],
    ['Write a 1-2 word summary of the call', 'See demo'],
    ['Summary in at most 9 words', 'The caller wants to see a demo of the'],
    [
      'One sentence.',
      'The caller wants to see a demo of the reporting; Outcome: Great, your demo is booked for Tuesday at 3 pm.',
    ],
    ['Summarise in up to ten words what the prospect wants', 'The prospect wants to see a demo of the reporting.'],
    ['Summarise in three words, in capital letters', 'SEE DEMO REPORTING'],
    ['Two words. Start with "SALES:"', 'SALES: See'],
    [
      'Two sentences. Mention the budget.',
      'The caller wants to see a demo of the reporting. Mentioned: We have about $12,500 set aside, maybe 15k if the "reporting" is good 🙂. Outcome: Great, your demo is booked for Tuesday at 3 pm.',
    ],
  ])('%s', async (prompt, summary) => {
    const { ask } = await openModel()
    expect((await ask(`call_summary: ${prompt}`, TEXT, SALES)).value).toBe(summary)
  })
})

describe('a choice', () => {
  const days = oneOf('Monday', 'Tuesday', 'Wednesday')
  test.each<[string, Said, string | null]>([
    [
      'the last one named wins',
      [
        ['user', 'Monday please.'],
        ['user', 'Actually, Wednesday.'],
      ],
      'Wednesday',
    ],
    ['one turned down does not count', [['user', 'Tuesday is fine, but not Monday.']], 'Tuesday'],
    [
      'one the user accepts counts',
      [
        ['agent', 'Is Monday good?'],
        ['user', 'Yes, great.'],
      ],
      'Monday',
    ],
    [
      'one that only the agent names does not',
      [
        ['agent', 'Is Monday good?'],
        ['user', 'Hm, too early.'],
      ],
      null,
    ],
  ])('%s', async (_, said, day) => {
    const { ask } = await openModel()
    expect((await ask('demo_day: Day of the demo', days, said)).value).toBe(day)
  })

  test('several can be listed', async () => {
    const { ask } = await openModel()
    const list = {
      anyOf: [{ type: 'array', items: { type: 'string', enum: ['demo', 'migration', 'refund'] } }, { type: 'null' }],
    }
    expect((await ask('topics: Topics of the call', list, SALES)).value).toEqual(['demo', 'migration'])
  })
})

describe('a yes or no', () => {
  test.each<[string, Said, boolean | null]>([
    [
      'a yes to the question about it',
      [
        ['agent', 'Do you need parking?'],
        ['user', 'Yes please'],
      ],
      true,
    ],
    [
      'a no to the question about it',
      [
        ['agent', 'Do you need parking?'],
        ['user', 'Nope.'],
      ],
      false,
    ],
    ['the user’s own word', [['user', 'We will come by car, so parking is a must.']], true],
    ['the user’s own denial', [['user', "I don't want parking."]], false],
    ['silence', [['user', 'A table for two.']], null],
  ])('%s', async (_, said, value) => {
    const { ask } = await openModel()
    expect((await ask('needs_parking: True when the guest needs parking', BOOLEAN, said)).value).toBe(value)
  })
})

test('a hostile transcript of a megabyte is answered in little time', async () => {
  const { extract } = await openModel()
  const said: Said = Array.from({ length: 400 }, (_, turn) => [
    turn % 2 ? 'user' : 'agent',
    'a1 "\\your $1,000 is'.repeat(150),
  ])
  const startedMs = performance.now()
  await extract(ITEMS, said)
  expect(performance.now() - startedMs).toBeLessThan(5_000)
})

const calls = sharedData('star-calls.jsonl')
describe.skipIf(calls.absent)('on real conversations', () => {
  test('it answers all of them within seconds, and every quote is real', async () => {
    const { extract } = await openModel()
    const spoken = readCalls()
    const startedMs = performance.now()
    for (const said of spoken) {
      const fields = await extract(ITEMS, said)
      for (const { turn, quote } of Object.values(fields).flatMap(({ evidence }) => evidence)) {
        expect(said[turn - 1]?.[1]).toContain(quote)
      }
    }
    expect(spoken.length).toBeGreaterThan(190)
    expect(performance.now() - startedMs).toBeLessThan(15_000)
  })

  function readCalls(): Said[] {
    const lines = readFileSync(calls.path, 'utf8').trim().split('\n')
    const objects: { transcript_object?: { role: string; content: string }[] }[] = lines.map((line) => JSON.parse(line))
    return objects.flatMap(({ transcript_object: turns }) =>
      turns?.length ? [turns.map(({ role, content }) => [role, content] as const)] : [],
    )
  }
})
