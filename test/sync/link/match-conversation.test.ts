import { describe, expect, test } from 'vitest'
import { type Mapping, parseMapping } from '../../../src/mapping/index.ts'
import { type Holder, keysOf, matchConversation } from '../../../src/sync/link/match-conversation.ts'
import { linked } from '../timeline/spoken.ts'

function mappingOf(match: string, more = ''): Mapping {
  const head = 'version: 1\ncrm: hubspot\nconnection: main\nobject: contacts\n'
  const parsed = parseMapping(`${head}match: ${match}\n${more}fields: []\n`, 'contacts.yaml')
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  return parsed.mapping
}

const allSteps =
  '[{ record_id: metadata.id }, { email: metadata.email }, { number: { of: [from_or_to], in: [phone, mobilephone] } }]'
const mapping = mappingOf(allSteps)
const newest = mappingOf(allSteps, 'ambiguous: newest\n')

const number = '+12125550101'
/** It took place at minute 10. */
const { conversation } = linked('call_1', 10)

const always = { heldFrom: Number.NEGATIVE_INFINITY, heldTo: Number.POSITIVE_INFINITY }
const holder = (recordId: number, more: Partial<Holder> = {}): Holder => ({
  recordId,
  property: 'phone',
  ...always,
  ...more,
})
const minute = (count: number) => count * 60_000

/** Matches the conversation with what it carries, in an index that knows these holders by kind and key. */
function match(
  said: { number?: string; metadata?: Record<string, unknown> },
  holders: Record<string, Holder[]>,
  by = mapping,
) {
  const carrying = { ...conversation, contactNumber: said.number ?? null, metadata: said.metadata ?? {} }
  return matchConversation(carrying, by, (kind, key) => holders[`${kind} ${key}`] ?? [])
}

describe('the steps are tried in the order of the file', () => {
  const everything = { number, metadata: { id: ' 77 ', email: ' Ann@Example.com ' } }
  const holders = {
    'record_id 77': [holder(1)],
    'email ann@example.com': [holder(2)],
    [`number ${number}`]: [holder(3)],
  }

  test.each<[string, Parameters<typeof match>[0], object]>([
    ['the first that finds a record decides', everything, { recordId: 1, step: 'record_id' }],
    [
      'a step without a key is passed over',
      { number, metadata: { email: 'ANN@example.com' } },
      { recordId: 2, step: 'email' },
    ],
    [
      'so is one whose key nobody has',
      { number, metadata: { id: '0', email: 'x@y.z' } },
      { recordId: 3, step: 'number' },
    ],
    ['so is one with a blank key', { number, metadata: { id: ' ', email: '' } }, { recordId: 3, step: 'number' }],
  ])('%s', (_, said, expected) => expect(match(said, holders)).toEqual({ state: 'matched', ...expected }))

  test('another order, another record', () => {
    const byNumberFirst = mappingOf('[{ number: { of: [from_or_to], in: [phone] } }, { record_id: metadata.id }]')
    expect(match(everything, holders, byNumberFirst)).toMatchObject({ recordId: 3 })
  })

  test('none, where no step finds anybody', () => {
    expect(match({ number }, {})).toEqual({ state: 'none' })
    expect(match({}, holders)).toEqual({ state: 'none' })
  })
})

describe('a number', () => {
  const held = (...by: Holder[]) => match({ number }, { [`number ${number}`]: by })

  test('counts only in the fields that the step names', () => {
    expect(held(holder(1, { property: 'fax' }), holder(2, { property: 'mobilephone' }))).toMatchObject({ recordId: 2 })
    expect(held(holder(1, { property: 'fax' }))).toEqual({ state: 'none' })
  })

  test('in two fields of one record is one record', () => {
    expect(held(holder(1), holder(1, { property: 'mobilephone' }))).toMatchObject({ state: 'matched', recordId: 1 })
  })

  test('shared by two records parks, with both named; `ambiguous: newest` takes the newer record', () => {
    const shared = { [`number ${number}`]: [holder(9), holder(4)] }
    expect(match({ number }, shared)).toEqual({ state: 'parked', candidates: [4, 9], step: 'number' })
    expect(match({ number }, shared, newest)).toEqual({ state: 'matched', recordId: 9, step: 'number:newest' })
  })

  test('that is parked is not looked for in later steps', () => {
    const numberFirst = mappingOf('[{ number: { of: [from_or_to], in: [phone] } }, { email: metadata.email }]')
    const holders = { [`number ${number}`]: [holder(4), holder(9)], 'email ann@example.com': [holder(4)] }
    expect(match({ number, metadata: { email: 'ann@example.com' } }, holders, numberFirst).state).toBe('parked')
  })

  test.each<[string, Holder[], object]>([
    [
      'before it moved',
      [holder(1, { heldTo: minute(20) }), holder(2, { heldFrom: minute(20) })],
      { state: 'matched', recordId: 1 },
    ],
    [
      'after it moved',
      [holder(1, { heldTo: minute(5) }), holder(2, { heldFrom: minute(5) })],
      { state: 'matched', recordId: 2 },
    ],
    [
      'at the minute it moved: the new holder has it already',
      [holder(1, { heldTo: minute(10) }), holder(2, { heldFrom: minute(10) })],
      { state: 'matched', recordId: 2 },
    ],
  ])('belongs to who held it when the conversation took place: %s', (_, holders, expected) =>
    expect(held(...holders)).toMatchObject(expected),
  )

  test.each<[string, Holder[]]>([
    ['given up before, taken up after', [holder(1, { heldTo: minute(5) }), holder(2, { heldFrom: minute(20) })]],
    ['given up before', [holder(1, { heldTo: minute(5) })]],
    [
      'it moved on since',
      [holder(1, { heldFrom: minute(20), heldTo: minute(30) }), holder(2, { heldFrom: minute(30) })],
    ],
  ])('whose holder at that time is unknown parks, with all who had it: %s', (_, holders) => {
    const candidates = holders.map(({ recordId }) => recordId)
    for (const by of [mapping, newest]) {
      const parked = { state: 'parked', candidates, step: 'number' }
      expect(match({ number }, { [`number ${number}`]: holders }, by)).toEqual(parked)
    }
  })

  test('of somebody who is put into the CRM after the call is theirs from the start', () => {
    expect(held(holder(2, { heldFrom: minute(20) }))).toMatchObject({ state: 'matched', recordId: 2 })
    expect(held(holder(2, { heldFrom: minute(20) }), holder(3, { heldFrom: minute(25) }))).toMatchObject({
      state: 'parked',
      candidates: [2, 3],
    })
  })
})

describe('the keys of a step', () => {
  const keys = (of: string, metadata: Record<string, unknown>) => {
    const [step] = mappingOf(of).match
    if (!step) throw new Error('no step')
    return keysOf({ ...conversation, metadata }, step, mapping)
  }

  test.each<[string, Record<string, unknown>, string[]]>([
    ['[{ record_id: metadata.crm.id }]', { crm: { id: 42 } }, ['42']],
    ['[{ record_id: metadata.crm.id }]', { crm: ['42'] }, []],
    ['[{ record_id: metadata.id }]', { id: true }, []],
    ['[{ record_id: metadata.id }]', { id: 0 }, ['0']],
    [
      '[{ email: [metadata.mail, metadata.other] }]',
      { mail: 'Bo@Example.com', other: 'b@x.y' },
      ['bo@example.com', 'b@x.y'],
    ],
    ['[{ number: { of: [metadata.tel], in: [phone] } }]', { tel: '(212) 555-0101' }, [number]],
    ['[{ number: { of: [metadata.tel], in: [phone] } }]', { tel: 'ask "her" 👋' }, []],
  ])('%s of %j are %j', (of, metadata, expected) => expect(keys(of, metadata)).toEqual(expected))

  test('an id of Salesforce is one id in both of its spellings', () => {
    const salesforce = { ...mapping, crm: 'salesforce', match: [{ by: 'record_id', of: ['metadata.id'] } as const] }
    const idsOf = (id: string) =>
      salesforce.match.flatMap((step) =>
        keysOf({ ...conversation, metadata: { id } }, { ...step, of: [...step.of] }, { ...salesforce, match: [] }),
      )
    expect(idsOf('001D000000IRFma')).toEqual(['001D000000IRFmaIAH'])
    expect(idsOf('001D000000IRFmaIAH')).toEqual(['001D000000IRFmaIAH'])
  })
})
