import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { json } from '../../src/db/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()

async function throughDatabase(value: unknown): Promise<unknown> {
  const { rows } = await sql<{ value: unknown }>`select ${json(value)}::jsonb as value`.execute(db)
  return rows[0]?.value
}

describe('json', () => {
  test.each([
    ['an array', [1, 'two', { three: [] }]],
    ['an empty array', []],
    ['falsy values', { zero: 0, no: false, empty: '', nothing: null }],
    ['quotes, backslashes and emoji', { 'k"\\': 'it\'s "so" \\u0000 \\ 👩‍👩‍👧' }],
    ['a text', 'plain'],
    ['null', null],
  ])('%s comes back as it went in', async (_, value) => {
    expect(await throughDatabase(value)).toEqual(value)
  })

  test('what jsonb refuses is made storable: NUL is dropped, half an emoji becomes U+FFFD', async () => {
    expect(await throughDatabase({ 'a\0b': ['x\0y', '👍'.slice(0, 1), '👍'] })).toEqual({ ab: ['xy', '\uFFFD', '👍'] })
  })
})
