import { afterAll, describe, expect, test } from 'vitest'
import { listContactConversations } from '../../../src/analysis/index.ts'
import { findContact, getContact, getContactByNumber, listContacts } from '../../../src/contacts/index.ts'
import { type Page, selectListed } from '../../../src/contacts/list/list-store.ts'
import { closeDb, connect } from '../../../src/db/index.ts'
import { parseContactFilter } from '../../../src/filters/index.ts'
import { createTestDatabase } from '../../support/database.ts'
import { rowsRead } from '../../support/rows-read.ts'
import { fillWithContacts, firstTalk, regular } from './fill.ts'

const contacts = 20_000
const { db: filled, url } = await createTestDatabase()
await fillWithContacts(filled, contacts)
const db = connect(url, { max: 1 })
afterAll(() => closeDb(db))

// As it is sent for 50: one more tells whether there are more. How many there are is counted apart.
const page: Page = { limit: 51, isNewestFirst: true, after: null, skip: 0 }
/** Rows for a contact that is shown: itself, how often it was spoken to, its tags, its records and their numbers. */
const each = 20

const text = (op: string, value: string) => ({ type: 'string', op, value })
const after = (minute: number) => firstTalk + minute * 60_000

const conditionsOf = (criteria: object) => {
  const parsed = parseContactFilter(criteria)
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors))
  return parsed.conditions
}

// Each by the rows that pass, or that are passed over until a page is full. A search, and a part of a number or of a record's id, look at all.
const asked: [name: string, most: number, criteria: object][] = [
  ['nothing', 51, {}],
  ['a number', 1, { phone_number: text('eq', '+14150007919') }],
  ['an id', 1, { contact_id: text('eq', 'contact_12') }],
  ['the id of a record', 1, { external_id: text('eq', '1201') }],
  ['a record, half have one', 51 * 2, { external_id: { type: 'present', op: 'pr' } }],
  ['no record', 51 * 2, { external_id: { type: 'present', op: 'np' } }],
  ['a time', 51, { last_conversation_timestamp: { type: 'range', op: 'bt', value: [after(12_000), after(14_000)] } }],
  ['not to be called, one in a thousand', 20, { do_not_call: { type: 'boolean', op: 'eq', value: true } }],
  ['to be called', 51, { do_not_call: { type: 'boolean', op: 'eq', value: false } }],
  ['a tag, a third has it', 51 * 3, { contact_tag_ids: { type: 'enum', op: 'in', value: ['2'.repeat(32)] } }],
  ['a text of its own, one in forty has it', 500, { custom_fields: [{ key: 'plan_wanted', ...text('eq', 'plan 3') }] }],
  ['a text of nobody', 1, { custom_fields: [{ key: 'note', ...text('eq', 'nobody says so') }] }],
  ['a number, half are above', 51 * 2, { custom_fields: [{ key: 'budget', type: 'number', op: 'ge', value: 250 }] }],
]

describe.each(['newest', 'oldest'])('a page of contacts, %s first, looks at few of them', (first) => {
  test.each(asked)('by %s', async (_, most, criteria) => {
    const conditions = conditionsOf(criteria)
    const read = await rowsRead(db, (one) =>
      selectListed(one, { conditions }, { ...page, isNewestFirst: first === 'newest' }),
    )
    expect(read).toBeLessThanOrEqual(3 * most + Math.min(most, 51) * each + 50)
  })
})

test('a late page by its key looks at no more than the first', async () => {
  const first = await rowsRead(db, (one) => selectListed(one, {}, page))
  const { next } = await listContacts(db, { limit: 1_000, skip: contacts / 2 })
  if (next === null) throw new Error('there are more')
  const late = await rowsRead(db, (one) => listContacts(one, { limit: 50, after: next }))
  expect(late).toBeLessThanOrEqual(first + 50)
})

test('a tag by its label is as quick as by its id', async () => {
  const conditions = conditionsOf({ tags: { type: 'enum', op: 'in', value: ['Lead'] } })
  const { next } = await listContacts(db, { conditions, limit: 50 })
  if (next === null) throw new Error('there are more')
  const read = await rowsRead(db, (one) => listContacts(one, { conditions, limit: 50, after: next }))
  expect(read).toBeLessThanOrEqual(3 * 51 * 3 + 51 * each + 50)
})

test.each([
  ['by its id', () => getContact(db, 'contact_12')],
  ['by its number', () => getContactByNumber(db, '(415) 000-7919', 'US')],
  ['by what a person types, a number', () => findContact(db, '+1 415 000 7919', 'US')],
  ['or an e-mail', () => findContact(db, 'person12@example.com', 'US')],
])('one contact %s', async (_, find) => {
  const read = await rowsRead(db, find)
  expect(read).toBeLessThanOrEqual(40)
})

test('the conversations of who has many: a page looks at no more than it shows, a late one neither', async () => {
  const of = { contactId: regular.id, limit: 50 }
  const { next } = await listContactConversations(db, { ...of, limit: 1_000 })
  if (next === null) throw new Error('there are more')
  for (const more of [{}, { after: next }]) {
    const read = await rowsRead(db, (one) => listContactConversations(one, { ...of, ...more }))
    expect(read).toBeLessThanOrEqual(51 + 50 + 10)
  }
})
