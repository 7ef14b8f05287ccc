import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startRun } from '../../src/audit/index.ts'
import {
  acceptRetell,
  filterSql,
  loadConversations,
  storeConversations,
  subjectOf,
} from '../../src/conversations/index.ts'
import { json, transact } from '../../src/db/index.ts'
import {
  type Condition,
  type Filter,
  type KeyedField,
  matches,
  type ScalarField,
  type Test,
} from '../../src/filters/index.ts'
import type { FieldValue } from '../../src/mapping/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()

/** Few values, so that tests hit, and the ones that tell careless code apart. */
const words = [
  '',
  'a',
  'A',
  'ab',
  'b%',
  '_',
  'ä',
  '👋',
  "'",
  '\\',
  '5',
  '5.0',
  '-12.50',
  '1e3',
  ' 5',
  'true',
  'false',
  'null',
  '٣',
]
const numbers = [0, 1, 5, 5.5, -12.5, 1_700_000_000_000, 1_700_000_000_001, 1e9]
const keys = ['a', 'b', '0', 'constructor', "it's", 'null']

const word = fc.constantFrom(...words)
const number = fc.constantFrom(...numbers)
const jsonValue = fc.oneof(word, number, fc.boolean(), fc.constant(null), fc.constant([]), fc.constant({ a: 5 }))
const plain = fc.dictionary(fc.constantFrom(...keys), jsonValue, { maxKeys: 4 })
const time = fc.option(fc.constantFrom(0, 5, 1_700_000_000_000, 1_700_000_000_001, 253_402_300_799_999))

const call = fc.record({
  agent_id: fc.constantFrom('agent_a', 'agent_b'),
  agent_version: fc.option(fc.constantFrom(0, 1)),
  call_type: fc.option(fc.constantFrom('phone_call', 'web_call')),
  call_status: fc.constantFrom('ended', 'error', 'ongoing'),
  direction: fc.option(fc.constantFrom('inbound', 'outbound')),
  disconnection_reason: fc.option(word),
  from_number: fc.option(word),
  to_number: fc.option(word),
  start_timestamp: time,
  end_timestamp: time,
  duration_ms: fc.option(fc.constantFrom(0, 1, 5)),
  metadata: plain,
  retell_llm_dynamic_variables: plain,
  custom_attributes: fc.oneof(plain, fc.constant(null), fc.constant(['a'])),
  call_cost: fc.oneof(fc.record({ combined_cost: jsonValue }), fc.constant('free')),
  call_analysis: fc.oneof(fc.record({ in_voicemail: jsonValue }), fc.constant(undefined)),
})
const chat = fc.record({
  agent_id: fc.constantFrom('chat_a'),
  chat_status: fc.constantFrom('ended', 'ongoing'),
  start_timestamp: time,
  end_timestamp: time,
  metadata: plain,
  chat_cost: fc.record({ combined_cost: number }),
})

const fieldValue: fc.Arbitrary<FieldValue> = fc.record({
  value: fc.oneof(word, number, fc.boolean(), fc.constant(null), fc.constant<string[]>(['a'])),
  status: fc.constantFrom('found', 'not_mentioned'),
  evidence: fc.constant([]),
})
const fields: fc.Arbitrary<Record<string, FieldValue>> = fc.dictionary(
  fc.constantFrom(...keys, 'user_sentiment', 'call_successful', 'chat_successful'),
  fieldValue,
)

const testOfValue: fc.Arbitrary<Test> = fc.oneof(
  fc.record({
    type: fc.constant('string'),
    op: fc.constantFrom('eq', 'ne', 'sw', 'ew', 'co'),
    value: fc.oneof(word, fc.constant('a\0')),
  }),
  fc.record({
    type: fc.constant('number'),
    op: fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'),
    value: fc.oneof(number, fc.constantFrom(0.5, -1, 1e300, -1e300, 253_402_300_799_999)),
  }),
  fc.record({ type: fc.constant('boolean'), op: fc.constant('eq'), value: fc.boolean() }),
  fc.record({ type: fc.constant('range'), op: fc.constant('bt'), value: fc.tuple(number, number) }),
  fc.record({ type: fc.constant('enum'), op: fc.constant('in'), value: fc.array(word, { maxLength: 3 }) }),
  fc.record({ type: fc.constant('present'), op: fc.constantFrom('pr', 'np') }),
)
const scalarFields: ScalarField[] = [
  'conversation_id',
  'status',
  'successful',
  'type',
  'direction',
  'in_voicemail',
  'disconnection_reason',
  'user_sentiment',
  'from_number',
  'to_number',
  'start_timestamp',
  'end_timestamp',
  'duration_ms',
  'combined_cost',
]
const keyedFields: KeyedField[] = ['metadata', 'dynamic_variables', 'custom_analysis_data', 'custom_attributes']
const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ field: fc.constantFrom(...scalarFields), test: testOfValue }) },
  {
    weight: 6,
    arbitrary: fc.record({ field: fc.constantFrom(...keyedFields), key: fc.constantFrom(...keys), test: testOfValue }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      field: fc.constant('agent' as const),
      anyOf: fc.array(
        fc.record({
          agentId: fc.constantFrom('agent_a', 'agent_b', 'chat_a', 'nobody'),
          versions: fc.array(fc.constantFrom(0, 1, 7, 1e12), { maxLength: 2 }),
        }),
        { maxLength: 2 },
      ),
    }),
  },
)
const filter: fc.Arbitrary<Filter> = fc.record({
  kind: fc.constantFrom('any', 'call', 'chat'),
  conditions: fc.array(condition, { maxLength: 2 }),
})

function found(values: Record<string, FieldValue>, name: string) {
  return values[name]?.status === 'found' ? values[name].value : null
}

/** Stores random conversations, most of them with a current analysis, and gives back what each has extracted. */
async function storeRandom() {
  const random = fc.sample(fc.tuple(fc.oneof(call, chat), fc.option(fields)), 150).map(([object, values], index) => {
    const id = 'call_status' in object ? { call_id: `call_${index}` } : { chat_id: `chat_${index}` }
    const result = acceptRetell({ ...object, ...id }, { now: new Date(), defaultCountry: 'US' })
    if ('problems' in result) throw new Error(result.problems.join('; '))
    return { accepted: result, values }
  })
  const runId = await transact(db, (trx) =>
    startRun(trx, { kind: 'intake', actor: { kind: 'cli', name: 'test' }, reason: 'random' }),
  )
  const next = { conversationsStored: async () => {} }
  const how = { openRun: async () => runId, analyse: false }
  await storeConversations(
    { db, next },
    random.map((each) => each.accepted),
    how,
  )
  await db
    .insertInto('analysis_configs')
    .values({ hash: 'h', config: json({}) })
    .execute()
  const analyses = random.flatMap(({ accepted: { conversation }, values }) => {
    if (values === null) return []
    const successful = found(values, `${conversation.kind}_successful`)
    const sentiment = found(values, 'user_sentiment')
    const analysis = {
      conversation_id: conversation.id,
      run_id: runId,
      request_hash: 'r',
      config_hash: 'h',
      engine: 'e',
      model: 'm',
      outcome: 'ok' as const,
      kept_at: new Date(),
    }
    const verdict = {
      successful: typeof successful === 'boolean' ? successful : null,
      sentiment: typeof sentiment === 'string' ? sentiment : null,
    }
    // An older analysis says otherwise and is not looked at.
    const older = {
      ...analysis,
      number: 1,
      current: false,
      fields: json({ a: { value: 'ab' } }),
      successful: true,
      sentiment: 'a',
    }
    return [older, { ...analysis, ...verdict, number: 2, current: true, fields: json(values) }]
  })
  await db.insertInto('analyses').values(analyses).execute()
  return new Map(random.map(({ accepted, values }) => [accepted.conversation.id, values ?? {}]))
}

const valuesOf = await storeRandom()
const conversations = await loadConversations(db, [...valuesOf.keys()])
const subjects = conversations.map((each) => ({ id: each.id, subject: subjectOf(each, valuesOf.get(each.id)) }))

test('a filter passes the same conversations in SQL as in memory', { timeout: 60_000 }, async () => {
  let hits = 0
  await fc.assert(
    fc.asyncProperty(filter, async (wanted) => {
      const rows = await db.selectFrom('conversations').select('id').where(filterSql(wanted)).execute()
      const inMemory = subjects.filter(({ subject }) => matches(wanted, subject)).map(({ id }) => id)
      if (inMemory.length > 0 && inMemory.length < subjects.length) hits += 1
      expect(rows.map((row) => row.id).toSorted()).toEqual(inMemory.toSorted())
    }),
    { numRuns: 600 },
  )
  expect(hits).toBeGreaterThan(100)
})

test('text with more digits than any number has fails no query', async () => {
  const long = '9'.repeat(1000)
  const wanted: Filter = {
    kind: 'any',
    conditions: [{ field: 'metadata', key: 'long', test: { type: 'number', op: 'gt', value: 0 } }],
  }
  const object = { call_id: 'call_long', agent_id: 'agent_a', call_status: 'ended', metadata: { long } }
  const accepted = acceptRetell(object, { now: new Date(), defaultCountry: 'US' })
  if ('problems' in accepted) throw new Error(accepted.problems.join())
  const next = { conversationsStored: async () => {} }
  await storeConversations({ db, next }, [accepted], { openRun: async () => 1, analyse: false })
  await expect(db.selectFrom('conversations').select('id').where(filterSql(wanted)).execute()).resolves.toEqual([])
})
