import { describe, expect, test } from 'vitest'
import { hubspotOn } from '../../contract/hubspot-account.ts'
import { createTestDatabase } from '../../support/database.ts'
import type { Scripted } from '../scripted-server.ts'
import { type Asked, startScripted, wireRecord } from './scripted-server.ts'

const { db } = await createTestDatabase()
const row = (externalId: string, values: Record<string, string | null> = { note: 'new' }) => ({ externalId, values })
const isRead = ({ path }: Asked) => path.endsWith('/batch/read')
const isUpdate = ({ path }: Asked) => path.endsWith('/batch/update')
const fields: Scripted = { body: { results: [{ name: 'note', label: 'Note', type: 'string', fieldType: 'text' }] } }
const notOption = (field: string) => ({
  status: 400,
  body: {
    category: 'VALIDATION_ERROR',
    message: 'Property values were not valid',
    errors: [{ code: 'INVALID_OPTION', message: 'not an option', context: { propertyName: [field] } }],
  },
})
const results = (ids: string[], note: string | null = 'new') => ({ results: ids.map((id) => wireRecord(id, { note })) })

/** A portal of which every record holds `held`; updates are answered by the test. */
async function portal(answerUpdate: (asked: Asked, update: number) => Scripted, held: string | null = 'old') {
  let updates = 0
  const server = await startScripted((asked) => {
    if (isUpdate(asked)) return answerUpdate(asked, ++updates)
    return isRead(asked) ? { body: results(asked.ids, held) } : fields
  })
  return { ...server, crm: hubspotOn(server, db), updates: () => server.asked.filter(isUpdate).map(({ ids }) => ids) }
}

describe('a batch refused as a whole', () => {
  test('for one value is halved until that row goes alone, and once more without the field', async () => {
    const { crm, updates } = await portal(({ ids, properties }) =>
      properties.some(({ mood }) => mood === 'bad') ? notOption('mood') : { body: results(ids) },
    )
    const rows = ['1', '2', '3', '4', '5'].map((id) => row(id, { note: 'new', mood: id === '4' ? 'bad' : 'pos' }))
    const outcomes = await crm.write('contacts', rows)
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(5).fill('written'))
    expect(outcomes.map(({ rejectedFields }) => rejectedFields.length)).toEqual([0, 0, 0, 1, 0])
    expect(updates()).toEqual([['1', '2', '3', '4', '5'], ['1', '2', '3'], ['4', '5'], ['4'], ['4'], ['5']])
  })

  test('for duplicates that stay duplicates under their present ids ends, row by row', async () => {
    const duplicate = { status: 400, body: { message: 'Duplicate IDs', context: { ids: ['1'] } } }
    const { crm, updates } = await portal(() => duplicate)
    const outcomes = await crm.write('contacts', [row('1'), row('2')])
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['rejected', 'rejected'])
    expect(updates()).toHaveLength(4)
  })

  test('because there is no such object stops', async () => {
    const { crm } = await portal(() => ({ status: 404, body: { category: 'OBJECT_NOT_FOUND' } }))
    await expect(crm.write('contacts', [row('1')])).rejects.toMatchObject({ code: 'crm.refused', recovery: 'stop' })
  })
})

describe('a batch answered in part', () => {
  test('tells rows by their id, whatever the order and without an echo of trace ids', async () => {
    const { crm } = await portal(({ ids }) => ({
      body: { results: ids.toReversed().map((id) => wireRecord(id, { note: id })) },
    }))
    const outcomes = await crm.write(
      'contacts',
      ['1', '2', '3'].map((id) => row(id, { note: id })),
    )
    expect(outcomes.map(({ values }) => values.note)).toEqual(['1', '2', '3'])
  })

  test.each(['ids', 'objectWriteTraceId'])('tells failed rows by %s', async (key) => {
    const { crm } = await portal(({ ids }) => ({
      status: 207,
      body: {
        ...results(ids.slice(0, 1)),
        numErrors: 2,
        errors: [
          { category: 'OBJECT_NOT_FOUND', message: 'gone', context: { [key]: ['2'] } },
          { category: 'CONFLICT', message: 'taken', context: { [key]: ['3'] } },
        ],
      },
    }))
    expect(
      await crm.write(
        'contacts',
        ['1', '2', '3'].map((id) => row(id)),
      ),
    ).toMatchObject([
      { externalId: '1', outcome: 'written' },
      { externalId: '2', outcome: 'missing' },
      { externalId: '3', outcome: 'rejected', reason: 'CONFLICT: taken' },
    ])
  })

  test('a row in neither list is read: written where it holds the value', async () => {
    const { crm, updates } = await portal(() => ({ body: { results: [] } }), 'new')
    expect(await crm.write('contacts', [row('1')])).toMatchObject([{ outcome: 'written', values: { note: 'new' } }])
    expect(updates()).toHaveLength(1)
  })

  test('and never assumed written: sent again where it does not, and in the end later', async () => {
    const { crm, updates } = await portal(() => ({
      status: 207,
      body: { results: [], errors: [{ message: 'what?' }] },
    }))
    expect(await crm.write('contacts', [row('1')])).toMatchObject([{ outcome: 'later', values: {} }])
    expect(updates()).toHaveLength(3)
  })

  test('what was written stays told when credentials are refused half way', async () => {
    const { crm } = await portal(({ ids }, update) => (update === 1 ? { body: results(ids) } : { status: 401 }))
    const rows = Array.from({ length: 101 }, (_, id) => row(String(id + 1)))
    const outcomes = await crm.write('contacts', rows)
    expect(outcomes.slice(0, 100).every(({ outcome }) => outcome === 'written')).toBe(true)
    expect(outcomes[100]).toMatchObject({ outcome: 'later', reason: expect.stringContaining('token') })
  })
})

describe('an update', () => {
  test('clears with an empty text, because their API takes no null', async () => {
    const { crm, asked } = await portal(({ ids }) => ({ body: results(ids, '') }))
    const [outcome] = await crm.write('contacts', [row('1', { note: null })])
    expect(asked.find(isUpdate)?.properties).toEqual([{ note: '' }])
    expect(outcome).toMatchObject({ outcome: 'written', values: { note: null } })
  })

  test('of nothing sends nothing', async () => {
    const { crm, asked } = await portal(() => ({}))
    expect(await crm.write('contacts', [row('1', {})])).toMatchObject([{ outcome: 'written', values: {} }])
    expect(asked).toEqual([])
  })
})
