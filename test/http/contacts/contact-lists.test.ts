import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { listContacts, listTags, saveTags } from '../../../src/contacts/index.ts'
import { transact } from '../../../src/db/index.ts'
import { passes } from '../../../src/filters/matches.ts'
import { call } from '../../support/conversations.ts'
import { countStatements } from '../../support/database.ts'
import { ownMapping } from '../../support/own-contacts.ts'
import { createWorld } from '../../support/world.ts'
import { openContacts } from './open-contacts.ts'

const world = await createWorld()
const { db } = world
await world.useMapping(ownMapping)
const { retell, refusal, call: request } = await openContacts(world, afterAll)
const { contact } = retell
type Listed = Awaited<ReturnType<typeof contact.get>>
type Criteria = NonNullable<Parameters<typeof contact.list>[0]>['filter_criteria']

// 90 people: every third tagged, every fourth spoken to, two of them at the very same time, and a few records in a CRM.
const people = Array.from({ length: 90 }, (_, at) => ({
  number: `+1212555${String(1_000 + at)}`,
  first: ['Zoë', 'Ann', "O'Brien", '100%_x'][at % 4] ?? '',
  fields: {
    ...(at % 2 === 0 && { budget: at }),
    ...(at % 5 === 0 && { budget: String(at * 2) }),
    ...(at % 3 === 1 && { note: ['hot lead', 'Cold', '12.50', ''][at % 4] }),
    ...(at % 7 === 0 && { vip: at % 2 === 0 }),
    ...(at % 11 === 0 && { rooms: ['kitchen', 'bath'] }),
  },
}))
await transact(db, async (trx) => {
  await trx
    .insertInto('contacts')
    .values([
      ...people.map(({ number, first, fields }, at) => ({
        number,
        first_name: first,
        do_not_call: at % 6 === 0,
        fields: JSON.stringify(fields),
      })),
      { number: null, email: 'nobody@example.com' },
    ])
    .execute()
  await saveTags(trx, [
    { id: '1'.repeat(32), label: 'Lead' },
    { id: '2'.repeat(32), label: 'Zürich' },
    { id: '3'.repeat(32), label: 'unused' },
  ])
  await sql`update contacts set tag_ids = case id % 6 when 0 then array[repeat('1', 32)] when 3 then array[repeat('1', 32), repeat('2', 32)] else '{}' end`.execute(
    trx,
  )
  await sql`insert into crm_records (connection, object, external_id, contact_id) select 'main', 'contacts', 'Rec/' || id, id from contacts where id % 9 = 0`.execute(
    trx,
  )
  await sql`insert into crm_records (connection, object, external_id, contact_id, gone_at) select 'main', 'contacts', 'gone' || id, id, now() from contacts where id % 9 = 1`.execute(
    trx,
  )
})
const at = (n: number) => Date.parse('2025-03-01T10:00:00Z') + Math.floor(n / 8) * 3_600_000
await world.take(
  ...people.flatMap(({ number }, n) =>
    n % 4 === 0 ? [call({ id: `c${n}`, at: new Date(at(n)).toISOString(), number, turns: ['Hi'] })] : [],
  ),
)
const startOf = (n: number) => at(n) - 60_000

/** Page by page to the end. */
async function listAll(query: NonNullable<Parameters<typeof contact.list>[0]> = {}) {
  const items: Listed[] = []
  const totals = new Set<number | undefined>()
  for (let pagination_key: string | undefined; ; ) {
    const page = await contact.list({ limit: 7, ...query, ...(pagination_key && { pagination_key }) })
    items.push(...page.items)
    totals.add(page.total)
    expect(page.has_more).toBe(page.pagination_key !== undefined)
    pagination_key = page.pagination_key
    if (!page.has_more) return { items, totals: [...totals] }
  }
}
const everybody = (await contact.list({ limit: 1_000 })).items

test('a page by key goes on to the end: each once, newest conversation first, who was never spoken to as if in 1970', async () => {
  const { items, totals } = await listAll()
  expect(totals).toEqual([90])
  expect(items).toEqual(everybody)
  expect(new Set(items.map(({ contact_id }) => contact_id)).size).toBe(90)
  const times = items.map(({ last_conversation_timestamp: last = 0 }) => last)
  expect(times).toEqual(times.toSorted((a, b) => b - a))
  expect(times.filter((time) => time > 0)).toHaveLength(23)
  expect((await listAll({ sort_order: 'asc' })).items).toEqual(items.toReversed())
  const skipped = await contact.list({ limit: 10, skip: 30 })
  expect([skipped.items, skipped.total]).toEqual([items.slice(30, 40), 90])
})

test('a page is read in as many statements however long it is; by key nobody counts again', async () => {
  const statements = async (query: Parameters<typeof listContacts>[1]) => {
    const counting = countStatements(db)
    const { next } = await listContacts(counting.db, query)
    return [counting.count(), next] as const
  }
  const [first, next] = await statements({ limit: 3 })
  expect((await statements({ limit: 80 }))[0]).toBe(first)
  expect((await statements({ limit: 80, after: next ?? '' }))[0]).toBe(first - 1)
})

test('a page goes on in its place while others come in before it', async () => {
  const first = await contact.list({ limit: 10 })
  await world.take(call({ id: 'new', at: '2026-01-01T10:00:00Z', number: '+12125559000', turns: ['Hi'] }))
  const second = await contact.list({ limit: 10, pagination_key: first.pagination_key ?? '' })
  expect(second.items).toEqual(everybody.slice(10, 20))
  const { contact_id } = await contact.getByPhone('+12125559000')
  await contact.delete(contact_id)
})

const heldBy = (each: Listed, field: string, key = ''): unknown => {
  if (field !== 'custom_fields') return each[field as keyof Listed]
  const fields = each.custom_fields as Record<string, unknown>
  return Object.hasOwn(fields, key) ? fields[key] : undefined
}

const text = ['eq', 'ne', 'sw', 'ew', 'co'] as const
const order = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const
const string = (value: string, more: object = {}) => text.map((op) => ({ type: 'string', op, value, ...more }))
const number = (value: number, more: object = {}) => order.map((op) => ({ type: 'number', op, value, ...more }))
const present = (more: object = {}) => ['pr', 'np'].map((op) => ({ type: 'present', op, ...more }))
const { contact_id: someId = '' } = everybody[4] ?? {}
const withRecord = everybody.find(({ external_id }) => external_id !== undefined)?.external_id ?? ''

const filters: [string, object][] = [
  ...string(someId).map((test): [string, object] => ['contact_id', test]),
  ...string('+12125551004').map((test): [string, object] => ['phone_number', test]),
  ...string('04').map((test): [string, object] => ['phone_number', test]),
  ...string(withRecord).map((test): [string, object] => ['external_id', test]),
  ...present().map((test): [string, object] => ['external_id', test]),
  ...[true, false].map((value): [string, object] => ['do_not_call', { type: 'boolean', op: 'eq', value }]),
  ...number(startOf(16)).map((test): [string, object] => ['last_conversation_timestamp', test]),
  ['last_conversation_timestamp', { type: 'range', op: 'bt', value: [0, startOf(16)] }],
  ['last_conversation_timestamp', { type: 'number', op: 'lt', value: 1_000 }],
  ...['hot lead', '12.50', '', '%', "o'b"]
    .flatMap((value) => string(value, { key: 'note' }))
    .map((test): [string, object] => ['custom_fields', test]),
  ...string('20', { key: 'budget' }).map((test): [string, object] => ['custom_fields', test]),
  ...number(20, { key: 'budget' }).map((test): [string, object] => ['custom_fields', test]),
  ...present({ key: 'budget' }).map((test): [string, object] => ['custom_fields', test]),
  ...present({ key: 'rooms' }).map((test): [string, object] => ['custom_fields', test]),
  ['custom_fields', { type: 'range', op: 'bt', value: [10, 40], key: 'budget' }],
  ['custom_fields', { type: 'enum', op: 'in', value: ['Cold', '30'], key: 'note' }],
  ['custom_fields', { type: 'enum', op: 'in', value: ['0', '30'], key: 'budget' }],
  ['custom_fields', { type: 'boolean', op: 'eq', value: false, key: 'vip' }],
  ['custom_fields', { type: 'string', op: 'eq', value: 'true', key: 'vip' }],
  ['custom_fields', { type: 'string', op: 'ne', value: 'x', key: 'constructor' }],
]

describe('each operator of each filter holds for those that it holds for in memory', () => {
  test.each(filters)('%s %j', async (field, given) => {
    const { key, ...asked } = given as { key?: string; type: 'present'; op: 'pr' }
    const criteria = { [field]: field === 'custom_fields' ? [given] : given } as Criteria
    const { items, totals } = await listAll({ ...(criteria && { filter_criteria: criteria }) })
    const expected = everybody.filter((each) => passes(asked, heldBy(each, field, key)))
    expect(items.map(({ contact_id }) => contact_id)).toEqual(expected.map(({ contact_id }) => contact_id))
    expect(totals).toEqual([expected.length])
  })

  test('tags by label and by id, any of a list; conditions hold together', async () => {
    const tagged = (...labels: string[]) =>
      everybody.filter(({ tags = [] }) => labels.some((label) => tags.includes(label)))
    const byLabel = (...value: string[]) => listAll({ filter_criteria: { tags: { type: 'enum', op: 'in', value } } })
    expect((await byLabel('Zürich')).items).toEqual(tagged('Zürich'))
    expect((await byLabel('Zürich', 'Lead')).items).toEqual(tagged('Zürich', 'Lead'))
    expect((await byLabel('unused', 'none')).items).toEqual([])
    const byId = { contact_tag_ids: { type: 'enum', op: 'in', value: ['2'.repeat(32)] } }
    expect((await listAll({ filter_criteria: byId as never })).items).toEqual(tagged('Zürich'))
    const both: Criteria = {
      do_not_call: { type: 'boolean', op: 'eq', value: true },
      tags: { type: 'enum', op: 'in', value: ['Lead'] },
    }
    expect((await listAll({ filter_criteria: both })).items).toEqual(tagged('Lead').filter((each) => each.do_not_call))
    // Who clears the list of tags takes none away: back in the list, they are seen again.
    const list = await listTags(db)
    await transact(db, (trx) => saveTags(trx, []))
    expect((await listAll()).items.every(({ tags }) => tags?.length === 0)).toBe(true)
    await transact(db, (trx) => saveTags(trx, list))
    expect((await listAll()).items).toEqual(everybody)
  })

  test('all but some', async () => {
    const answer = await request('POST', '/list-contacts', { limit: 1_000, excluded_contact_ids: [someId, 'nobody'] })
    const { items, total } = (await answer.json()) as { items: Listed[]; total: number }
    expect([items, total]).toEqual([everybody.filter(({ contact_id }) => contact_id !== someId), 89])
  })
})

describe('a search', () => {
  test.each([
    'zoë',
    'ZOË',
    "o'brien",
    '%_X',
    '1005',
    'rec/',
    'REC/9',
    'hot l',
    'kitchen',
    '12.5',
    'gone',
    'nothing of it',
    'false',
    '\\',
  ])('finds %s as part of a text, whatever the case', async (query) => {
    const { items, totals } = await listAll({ search_query: query })
    const expected = everybody.filter(({ phone_number, first_name, external_id, custom_fields }) => {
      const texts = Object.values(custom_fields as object).map((value) =>
        typeof value === 'object' ? JSON.stringify(value) : String(value),
      )
      return [phone_number, first_name, external_id ?? '', ...texts].some((one = '') =>
        one.toLowerCase().includes(query.toLowerCase()),
      )
    })
    expect(items.map(({ contact_id }) => contact_id)).toEqual(expected.map(({ contact_id }) => contact_id))
    expect(totals).toEqual([expected.length])
  })
})

test.each<[object, string]>([
  [{ filter_criteria: { first_name: 'Ann' } }, 'filter_criteria.first_name: names are found by search_query'],
  [{ filter_criteria: { phone: '1' } }, 'filter_criteria.phone: '],
  [
    { filter_criteria: { do_not_call: { type: 'string', op: 'eq', value: 'x' } } },
    'filter_criteria.do_not_call.type: expected true, false',
  ],
  [{ filter_criteria: { tags: { type: 'string', op: 'eq', value: 'x' } } }, 'filter_criteria.tags: expected a list'],
  [
    { filter_criteria: { custom_fields: [{ type: 'string', op: 'eq', value: 'x' }] } },
    'filter_criteria.custom_fields.0: expected { key',
  ],
  [{ limit: 0 }, 'limit: '],
  [{ limit: 1_001 }, 'limit: '],
  [{ sort_order: 'ascending' }, 'sort_order: '],
  [{ skip: 1, pagination_key: 'x' }, 'not both'],
  [{ pagination_key: 'eyJ4Ijox' }, 'the pagination_key is none that we gave'],
  [{ search_query: 'x'.repeat(201) }, 'search_query: '],
])('%j is refused with the place', async (query, message) => {
  expect(await refusal(contact.list(query))).toEqual([400, expect.stringContaining(message)])
})
