import { expect, test } from 'vitest'
import { importConversations, listConversations, type PageRequest } from '../../src/conversations/index.ts'
import type { Filter } from '../../src/filters/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { sampleCall, sampleChat } from './samples.ts'

const { db } = await createTestDatabase()
const everything: Filter = { kind: 'any', conditions: [] }

const starts = [
  null,
  1_700_000_003_000,
  1_700_000_001_000,
  1_700_000_001_000,
  null,
  1_700_000_002_000,
  1_700_000_001_000,
]
await importConversations(
  { db, now: () => new Date(), defaultCountry: 'US', next: { conversationsStored: async () => {} } },
  {
    lines: [
      ...starts.map((start, index) => JSON.stringify(sampleCall({ call_id: `call_${index}`, start_timestamp: start }))),
      JSON.stringify(sampleChat({ start_timestamp: 1_600_000_000_000 })),
    ],
    actor: { kind: 'cli', name: 'test' },
    reason: 'a test',
    analyse: false,
  },
)

/** Walks from page to page to the end. */
async function walk(filter: Filter, page: PageRequest): Promise<string[][]> {
  const pages: string[][] = []
  let after: string | undefined
  do {
    const { items, next } = await listConversations(db, filter, after === undefined ? page : { ...page, after })
    pages.push(items.map((item) => item.id))
    after = next ?? undefined
  } while (after !== undefined)
  return pages
}

const newestFirst = ['call_0', 'call_4', 'call_1', 'call_5', 'call_2', 'call_3', 'call_6', 'chat_1']

test.each([1, 2, 3, 7, 8, 100])('pages of %i show each conversation once, in order, both ways', async (limit) => {
  expect((await walk(everything, { limit })).flat()).toEqual(newestFirst)
  const ascending = await walk(everything, { limit, order: 'ascending' })
  expect(ascending.flat()).toEqual(newestFirst.toReversed())
  expect(ascending.every((page) => page.length > 0)).toBe(true)
})

test('a filter narrows the list, the total counts all that pass it', async () => {
  const calls: Filter = {
    kind: 'call',
    conditions: [{ field: 'start_timestamp', test: { type: 'present', op: 'pr' } }],
  }
  const page = await listConversations(db, calls, { limit: 2, skip: 1, includeTotal: true })
  expect(page.items.map((item) => item.id)).toEqual(['call_5', 'call_2'])
  expect(page.total).toBe(5)
})

test('a pagination key that is none of ours is refused', async () => {
  const forged = Buffer.from('["x", 1]').toString('base64url')
  for (const after of ['', '%', 'call_1', forged]) {
    await expect(listConversations(db, everything, { limit: 1, after })).rejects.toMatchObject({ status: 400 })
  }
})
