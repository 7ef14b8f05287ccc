import { describe, expect, test } from 'vitest'
import { afterBatchRefusal, afterRowRefusal } from '../../../src/crm/hubspot/after-refusal.ts'
import type { Row } from '../../../src/crm/rows.ts'

const row = (id: string, values: Row['values'], changes: Partial<Row> = {}): Row => ({
  id,
  parentId: null,
  changedAt: null,
  values,
  rejectedFields: [],
  isSecondTry: false,
  ...changes,
})
const problem = (code: string, field: string) => ({ code, field, reason: 'because' })
const schemaFault = (field: string) => ({ ...problem('PROPERTY_DOESNT_EXIST', field), isSchema: true as const })

describe('after a batch was refused', () => {
  test('a field that does not exist leaves every row, and its reason stays with those that had it', () => {
    const rows = [row('1', { gone: 'a', kept: '0' }), row('2', { kept: null })]
    const { again, rejected } = afterBatchRefusal(rows, [schemaFault('gone')])
    expect(rejected).toEqual([])
    expect(again).toEqual([
      [row('1', { kept: '0' }, { rejectedFields: [schemaFault('gone')] }), row('2', { kept: null })],
    ])
  })

  test('a bad value halves the batch', () => {
    const rows = ['1', '2', '3'].map((id) => row(id, { mood: id }))
    const { again } = afterBatchRefusal(rows, [problem('INVALID_OPTION', 'mood')])
    expect(again.map((batch) => batch.map(({ id }) => id))).toEqual([['1', '2'], ['3']])
  })

  test('a refusal that names a field nobody sent halves too, and does not go round for ever', () => {
    const rows = [row('1', { a: 'x' }), row('2', { a: 'x' })]
    expect(afterBatchRefusal(rows, [schemaFault('other')]).again).toHaveLength(2)
    expect(afterBatchRefusal([row('1', { a: 'x' })], [schemaFault('other')]).rejected).toHaveLength(1)
  })

  test('one bad row of a hundred is found in at most seven steps', () => {
    let rows = Array.from({ length: 100 }, (_, id) => row(String(id), { a: 'x' }))
    let steps = 0
    while (rows.length > 1) {
      rows = afterBatchRefusal(rows, []).again.find((half) => half.some(({ id }) => id === '77')) ?? []
      steps += 1
    }
    expect(rows.map(({ id }) => id)).toEqual(['77'])
    expect(steps).toBeLessThanOrEqual(7)
  })
})

describe('after one row was refused', () => {
  test('it goes once more without the fields that were named', () => {
    const { again } = afterRowRefusal(row('1', { mood: 'x', name: 'Jo' }), [problem('INVALID_OPTION', 'mood')])
    const expected = { rejectedFields: [problem('INVALID_OPTION', 'mood')], isSecondTry: true }
    expect(again).toEqual([[row('1', { name: 'Jo' }, expected)]])
  })

  test('refused a second time, or for nothing named, it is rejected', () => {
    const second = row('1', { mood: 'x' }, { isSecondTry: true })
    expect(afterRowRefusal(second, [problem('INVALID_OPTION', 'mood')])).toEqual({ again: [], rejected: [second] })
    const unnamed = row('1', { mood: 'x' })
    expect(afterRowRefusal(unnamed, [])).toEqual({ again: [], rejected: [unnamed] })
  })
})
