import { expect, test } from 'vitest'
import { readAsk } from '../../../src/http/triggers/read-ask.ts'

const read = (body: unknown, query: Record<string, unknown> = {}, idempotencyKey?: string) =>
  readAsk('main', { body, query, idempotencyKey })

const hubspotRecord = {
  vid: 101,
  'canonical-vid': 101,
  'portal-id': 7,
  'is-contact': true,
  properties: { hs_object_id: { value: '101', versions: [] }, firstname: { value: 'Ada', versions: [] } },
}
const customAction = {
  callbackId: 'ap-7-1-2-3',
  origin: { portalId: 7 },
  object: { objectId: 101, objectType: 'CONTACT', properties: {} },
  inputFields: {},
}

test.each([
  ['our own', { record_id: '101' }, null],
  ['our own, as a number', { record_id: 101, object: 'contacts' }, 'contacts'],
  ['camel case', { recordId: '101' }, null],
  ["HubSpot's webhook of a subscription", { objectId: 101, objectTypeId: '0-1', portalId: 7 }, '0-1'],
  ["HubSpot's chosen properties", { hs_object_id: '101' }, null],
  ["HubSpot's whole record", hubspotRecord, null],
  ["HubSpot's newer record", { properties: { hs_object_id: '101' } }, null],
  ["HubSpot's custom action", customAction, 'CONTACT'],
  ["Salesforce's record", { attributes: { type: 'Lead' }, Id: '101' }, 'Lead'],
  ['a bare id', { id: 101, objectType: 'contact' }, 'contact'],
])('%s names the record', (_, body, object) => {
  expect(read(body)).toEqual({
    connection: 'main',
    recordId: '101',
    object,
    wanted: { conversations: 'latest' },
    requestKey: null,
  })
})

test('an address without a body names it too, and comes before the body', () => {
  expect(read(undefined, { record_id: '101', conversations: 'all', most: '5' })).toMatchObject({
    recordId: '101',
    wanted: { conversations: 'all', most: 5 },
  })
  expect(read({ id: 'deal 7' }, { record_id: '101' }).recordId).toBe('101')
})

const march = new Date('2026-03-01T00:00:00Z')
test.each([
  [{}, { conversations: 'latest' }],
  [{ conversations: 'latest', most: 7 }, { conversations: 'latest' }],
  [{ conversations: 'all' }, { conversations: 'all', most: 20 }],
  [
    { conversations: 'all', most: '200' },
    { conversations: 'all', most: 200 },
  ],
  [{ conversations: { since: '2026-03-01' } }, { conversations: 'since', since: march, most: 20 }],
  [{ conversations: { since: '2026-03-01', most: 3 } }, { conversations: 'since', since: march, most: 3 }],
  [
    { conversations: 'since', since: '2026-03-01T01:00:00+01:00' },
    { conversations: 'since', since: march, most: 20 },
  ],
  [{ since: march.getTime() }, { conversations: 'since', since: march, most: 20 }],
  [
    { since: String(march.getTime()), conversations: '' },
    { conversations: 'since', since: march, most: 20 },
  ],
])('%j wants %j', (body, wanted) => {
  expect(read({ record_id: '1', ...body }).wanted).toEqual(wanted)
})

test('the request key stands in the body or in its header', () => {
  expect(read({ id: 1, request_key: 'k' }).requestKey).toBe('k')
  expect(read({ id: 1, requestKey: 7 }).requestKey).toBe('7')
  expect(read({ id: 1 }, {}, 'h').requestKey).toBe('h')
})

test.each([
  [[{ objectId: 1 }], 'body: must be one JSON object'],
  ['101', 'body: '],
  [{}, 'record_id: is missing'],
  [{ recordId: { value: 1 } }, 'recordId: must be the id of one CRM record'],
  [{ Id: 1.5 }, 'Id: '],
  [{ id: 1, conversations: 'lastest' }, 'conversations: must be "latest", "all" or {"since": "2026-01-31"}'],
  [{ id: 1, conversations: {} }, 'conversations: '],
  [{ id: 1, conversations: 'since' }, 'since: is missing'],
  [{ id: 1, conversations: 'latest', since: '2026-03-01' }, 'since: does not go with'],
  [{ id: 1, since: 'March' }, 'since: must be a date'],
  [{ id: 1, since: '2026-03-01T10:00:00' }, 'since: must be a date (2026-01-31), a time with its zone'],
  [{ id: 1, conversations: { since: 'x' } }, 'conversations.since: '],
  [{ id: 1, conversations: 'all', most: 0 }, 'most: must be a whole number from 1 to 200'],
  [{ id: 1, conversations: 'all', most: 201 }, 'most: '],
  [{ id: 1, request_key: 'k'.repeat(201) }, 'request_key: must be a text of at most 200 characters'],
])('%j is refused: %s', (body, problem) => {
  expect(() => read(body)).toThrow(problem)
})

test('every mistake is told at once', () => {
  expect(() => read({ conversations: 'x', most: 0 })).toThrow(/record_id: .*; most: .*; conversations: /)
})
