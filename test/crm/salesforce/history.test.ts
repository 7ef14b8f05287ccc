import { afterAll, describe, expect, test } from 'vitest'
import type { HistoryEntry } from '../../../src/crm/index.ts'
import { salesforceOn, startOrg } from '../../contract/salesforce-account.ts'
import { contactId, ourId, startScriptedOrg } from './scripted-org.ts'

const org = await startOrg()
afterAll(() => org.close())
const crm = salesforceOn(org, { deadlineMs: 5_000 })
const noCalls = () => ({ read: 0, history: 0, write: 0 })
const object = 'Contact'
const created = '2026-11-01T09:00:00Z'
const create = (values: Record<string, string> = {}) =>
  org.createRecords(object, [{ values: { LastName: 'Test', ...values }, at: created }])[0] ?? ''
const editors = ['us', 'person', 'workflow', 'app', 'import'] as const
const edit = (
  id: string,
  values: Record<string, string | number | null>,
  at: string,
  as: (typeof editors)[number] = 'person',
) => org.edit({ object, id, values, as, at })
const historyOf = async (id: string, fields: string[]) => (await crm.history(object, [id], fields)).get(id) ?? {}
const told = (entries: HistoryEntry[] = []) => entries.map(({ value, author }) => [value, author])

describe('who', () => {
  test('changed a field is told by what kind of user it was', async () => {
    const id = create()
    for (const [hour, as] of editors.entries()) edit(id, { Note__c: as }, `2026-11-02T1${hour}:00:00Z`, as)
    const { Note__c } = await historyOf(id, ['Note__c'])
    expect(told(Note__c)).toEqual([
      ['import', 'person'],
      ['app', 'automation'],
      ['workflow', 'automation'],
      ['person', 'person'],
      ['us', 'us'],
    ])
    expect(Note__c?.map(({ source }) => source.split(' ')[0])).toEqual([
      'Standard',
      'CloudIntegrationUser',
      'AutomatedProcess',
      'Standard',
      'us',
    ])
  })

  test('a user is that the org does not know stays unknown, and no more is asked for than there are', async () => {
    const changes = Array.from({ length: 450 }, (_, place) => ({
      ContactId: contactId(1),
      Field: 'Note__c',
      OldValue: String(place),
      NewValue: String(place + 1),
      CreatedById: `005Sb${String(place + 1).padStart(10, '0')}IAA`,
      CreatedDate: '2026-11-20T09:00:00.000+0000',
    }))
    const server = await startScriptedOrg(({ call, soql }) => {
      if (call !== 'query') return undefined
      return { body: { done: true, records: soql.includes('FROM User') ? [] : changes } }
    })
    const counts = noCalls()
    const found = await salesforceOn(server).history(object, [contactId(1)], ['Note__c'], counts)
    const authors = Map.groupBy(found.get(contactId(1))?.Note__c ?? [], ({ author }) => author)
    expect([authors.get('unknown')?.length, authors.get('us')?.length]).toEqual([450, 1])
    expect(authors.get('us')?.[0]?.source).toBe(`us ${ourId}`)
    expect(Math.max(...server.asked.map(({ path }) => path.length))).toBeLessThan(16_000)
    expect(counts.history, 'the history, and 449 users by 200').toBe(4)
  })
})

describe('when', () => {
  test('several changes in one second keep their order', async () => {
    const id = create()
    for (const value of ['a', 'b', 'a', 'c']) edit(id, { Note__c: value }, '2026-11-02T10:00:00.400Z')
    edit(id, { Note__c: 'd' }, '2026-11-02T10:00:01Z')
    const { Note__c = [] } = await historyOf(id, ['Note__c'])
    expect(Note__c.map(({ value }) => value)).toEqual(['d', 'c', 'a', 'b', 'a'])
    const times = Note__c.map(({ at }) => at.getTime())
    expect(times).toEqual([...times].sort((one, other) => other - one))
    expect(new Set(times).size).toBe(5)
    expect(Note__c.at(-1)?.at).toEqual(new Date('2026-11-02T10:00:00Z'))
  })

  test('what stood before the first change was set is known at the latest', async () => {
    const id = create({ Note__c: 'from the start' })
    edit(id, { Note__c: 'typed' }, '2026-11-02T10:00:00Z')
    const { Note__c } = await historyOf(id, ['Note__c'])
    expect(Note__c).toEqual([
      { value: 'typed', at: new Date('2026-11-02T10:00:00Z'), author: 'person', source: expect.any(String) },
      {
        value: 'from the start',
        at: new Date('2026-11-02T09:59:59.999Z'),
        author: 'unknown',
        source: 'before its history',
        atLatest: true,
      },
    ])
    expect(await historyOf(create({ Note__c: 'never changed' }), ['Note__c'])).toEqual({})
  })
})

describe('what', () => {
  test.each([
    ['long text', 'Long_Note__c', ['one', 'two\r\nlines', 'three']],
    ['several choices', 'Topics__c', ['pos', 'neg', 'pos;neg']],
  ])('%s held is told of its newest change only', async (_, field, values) => {
    const id = create({ [field]: 'pos' })
    for (const [hour, value] of values.toReversed().entries())
      edit(id, { [field]: value }, `2026-11-02T1${hour}:00:00Z`)
    const current = (await crm.read(object, [id], [field])).get(id)?.values[field]
    const counts = noCalls()
    const history = (await crm.history(object, [id], [field], counts)).get(id)?.[field]
    expect(told(history)).toEqual([[current, 'person']])
    expect(history?.[0]?.at).toEqual(new Date('2026-11-02T12:00:00Z'))
    expect(counts).toEqual({ ...noCalls(), history: 2 })
  })

  test('was cleared, unset and typed as a number is told as such', async () => {
    const id = create()
    edit(id, { Score__c: 0 }, '2026-11-02T10:00:00Z')
    edit(id, { Score__c: null }, '2026-11-02T11:00:00Z')
    edit(id, { Score__c: 12.5 }, '2026-11-02T12:00:00Z')
    const { Score__c } = await historyOf(id, ['Score__c'])
    expect(told(Score__c)).toEqual([
      ['12.5', 'person'],
      [null, 'person'],
      ['0', 'person'],
    ])
  })

  test('was not asked for is not told', async () => {
    const id = create()
    edit(id, { Note__c: 'a', Score__c: 1, Mood__c: 'pos' }, '2026-11-02T10:00:00Z')
    expect(Object.keys(await historyOf(id, ['Score__c', 'Met_On__c']))).toEqual(['Score__c'])
  })
})

test('more than one page is read to its end, and more ids than one query takes', async () => {
  const ids = org.createRecords(
    object,
    Array.from({ length: 205 }, () => ({ values: { LastName: 'Test' }, at: created })),
  )
  for (const id of ids) {
    for (let change = 0; change < 11; change += 1) edit(id, { Score__c: change }, `2026-11-02T10:${10 + change}:00Z`)
  }
  const counts = noCalls()
  const found = await salesforceOn(org, { deadlineMs: 5_000 }).history(
    object,
    [...ids, '003000000099999AAA'],
    ['Score__c'],
    counts,
  )
  expect(ids.every((id) => found.get(id)?.Score__c?.length === 11)).toBe(true)
  expect(found.get(ids[204] ?? '')?.Score__c?.[0]?.value).toBe('10')
  expect(counts, '2,200 rows in two pages, 55 more, and their author').toEqual({ ...noCalls(), history: 4 })
})

test('of a record that was merged is told under its old id too, once it was read under it', async () => {
  const [winner, loser] = [create(), create()]
  edit(winner, { Note__c: 'typed' }, '2026-11-02T10:00:00Z')
  org.merge({ object, winnerId: winner, loserId: loser })
  await crm.read(object, [loser], [])
  const counts = noCalls()
  const found = await crm.history(object, [loser, winner, winner.slice(0, 15)], ['Note__c'], counts)
  expect([...found].map(([id, { Note__c }]) => [id, told(Note__c)])).toEqual(
    [loser, winner, winner.slice(0, 15)].map((id) => [id, [['typed', 'person']]]),
  )
  expect(counts.history).toBe(1)
})

test.each([['Score__c'], ['*']])(
  'where the admin keeps none (%s) there is none, and the schema says so',
  async (off) => {
    const id = create()
    org.configure({ historyOff: [off] })
    edit(id, { Score__c: 1 }, '2026-11-02T10:00:00Z')
    expect((await crm.describe(object)).find(({ name }) => name === 'Score__c')?.hasHistory).toBe(false)
    expect(await historyOf(id, ['Score__c'])).toEqual({})
    org.configure({ historyOff: [] })
    expect((await crm.describe(object)).find(({ name }) => name === 'Score__c')?.hasHistory).toBe(true)
  },
)
