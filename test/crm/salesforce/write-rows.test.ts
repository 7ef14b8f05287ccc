import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { WriteRow } from '../../../src/crm/index.ts'
import { salesforceOn, startOrg } from '../../contract/salesforce-account.ts'
import { contactId, refused, startScriptedOrg } from './scripted-org.ts'

const org = await startOrg()
afterAll(() => org.close())
org.defineFields('Contact', [
  { name: 'Key__c', kind: 'text', externalId: true },
  { name: 'Small__c', kind: 'number', precision: 4, scale: 2 },
])
beforeEach(() => void org.configure({ validationRules: [], dailyLimit: 100_000 }))

const crm = salesforceOn(org, { deadlineMs: 5_000 })
const create = (count: number, values = {}) =>
  org.createRecords(
    'Contact',
    Array.from({ length: count }, () => ({ values: { LastName: 'Test', ...values } })),
  )
const note = (externalId: string, Note__c: string | null = 'new'): WriteRow => ({ externalId, values: { Note__c } })
const held = async (id: string, fields: string[]) => (await crm.read('Contact', [id], fields)).get(id)?.values
const noCalls = () => ({ read: 0, history: 0, write: 0 })
const rowsOf = (count: number) => Array.from({ length: count }, (_, place) => note(contactId(place + 1)))
/** A failed row, from docs: `{success, errors:[{statusCode,message,fields}]}`, without an id (recorded, amp-labs). */
const failed = (statusCode: string, message: string, fields: string[] = []) => ({
  success: false,
  errors: [{ statusCode, message, fields }],
})

describe('a refused row', () => {
  test.each<[string, string, Record<string, string | null>]>([
    ['STRING_TOO_LONG', 'Title', { Title: 'x'.repeat(129) }],
    ['INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', 'Mood__c', { Mood__c: 'great' }],
    ['INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', 'Topics__c', { Topics__c: 'pos;great' }],
    ['INVALID_EMAIL_ADDRESS', 'Email', { Email: 'jo@' }],
    ['NUMBER_OUTSIDE_VALID_RANGE', 'Small__c', { Small__c: '1000' }],
    ['INVALID_TYPE_ON_FIELD_IN_RECORD', 'Met_On__c', { Met_On__c: '0999-01-01' }],
    ['REQUIRED_FIELD_MISSING', 'LastName', { LastName: null }],
    ['INVALID_CROSS_REFERENCE_KEY', 'AccountId', { AccountId: '001Sb0000000099IAA' }],
  ])('with %s goes once more without %s, the others as they are', async (code, field, values) => {
    const [good = '', bad = ''] = create(2)
    const counts = noCalls()
    const rows = [note(good), { externalId: bad, values: { ...values, Note__c: 'kept' } }]
    expect(await crm.write('Contact', rows, counts)).toMatchObject([
      { outcome: 'written', rejectedFields: [] },
      {
        outcome: 'written',
        values: { Note__c: 'kept' },
        rejectedFields: [{ field, reason: expect.stringContaining(code) }],
      },
    ])
    expect(counts.write).toBe(2)
    expect(await held(bad, ['Note__c'])).toEqual({ Note__c: 'kept' })
  })

  test('whose error names no field of it is rejected as it is', async () => {
    const [one = '', other = ''] = create(2)
    org.edit({ object: 'Contact', id: one, values: { Key__c: 'k1' }, as: 'person' })
    const row = { externalId: other, values: { Key__c: 'K1', Note__c: 'x' } }
    expect(await crm.write('Contact', [row])).toMatchObject([
      { outcome: 'rejected', values: {}, reason: expect.stringContaining('DUPLICATE_VALUE') },
    ])
    expect(await held(other, ['Note__c'])).toEqual({ Note__c: null })
  })

  test('by a rule of the admin tells the admin’s words', async () => {
    const rule = { object: 'Contact', field: 'Note__c', pattern: '^bad', message: 'Not like that', active: true }
    org.configure({ validationRules: [rule] })
    const [id = '', broken = ''] = create(2)
    org.edit({ object: 'Contact', id, values: { Score__c: 1 }, as: 'person' })
    const row = { externalId: id, values: { Note__c: 'bad', Score__c: '2' } }
    const reason = 'FIELD_CUSTOM_VALIDATION_EXCEPTION: Not like that'
    expect(await crm.write('Contact', [row])).toMatchObject([
      { outcome: 'written', values: { Score__c: '2' }, rejectedFields: [{ field: 'Note__c', reason }] },
    ])
    // A record that breaks the rule already: the field named is none that was sent.
    org.configure({ validationRules: [] })
    org.edit({ object: 'Contact', id: broken, values: { Note__c: 'bad' }, as: 'person' })
    org.configure({ validationRules: [rule] })
    const other = { externalId: broken, values: { Score__c: '2' } }
    expect(await crm.write('Contact', [other])).toMatchObject([{ outcome: 'rejected', reason, rejectedFields: [] }])
  })

  test.each([
    ['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'Not today'],
    ['FIELD_FILTER_VALIDATION_EXCEPTION', 'Value does not exist or does not match filter criteria.'],
    ['FIELD_INTEGRITY_EXCEPTION', 'There is no such state'],
    ['DUPLICATES_DETECTED', 'Use one of these records?'],
    ['CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'trigger: execution of BeforeUpdate caused by: NullPointerException'],
    ['INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id'],
  ])('by %s (from docs) without a field is rejected, and not sent again', async (code, message) => {
    const server = await startScriptedOrg(({ call, rows }) =>
      call === 'update' ? { body: rows.map(() => failed(code, message)) } : undefined,
    )
    expect(await salesforceOn(server).write('Contact', rowsOf(1))).toMatchObject([
      { outcome: 'rejected', reason: `${code}: ${message}` },
    ])
    expect(server.count('update')).toBe(1)
  })

  test('whose rest is refused too is given up', async () => {
    const server = await startScriptedOrg(({ call, rows }) => {
      const field = Object.keys(rows[0] ?? {}).find((name) => name.endsWith('__c')) ?? ''
      return call === 'update' ? { body: [failed('FIELD_INTEGRITY_EXCEPTION', 'no', [field])] } : undefined
    })
    const row = { externalId: contactId(1), values: { Note__c: 'x', Mood__c: 'pos', Met_On__c: '2026-11-21' } }
    expect(await salesforceOn(server).write('Contact', [row])).toMatchObject([
      { outcome: 'rejected', reason: 'FIELD_INTEGRITY_EXCEPTION: no', rejectedFields: [{ field: 'Note__c' }] },
    ])
    expect(server.count('update')).toBe(2)
  })
})

describe('a whole request', () => {
  test('that is refused for the sake of one row is halved until that row goes alone', async () => {
    const ids = create(7)
    const rows = ids.map((id, place) => ({
      externalId: id,
      values: { Met_On__c: place === 4 ? '2026-13-45' : '2026-11-21' },
    }))
    const counts = noCalls()
    const outcomes = await crm.write('Contact', rows, counts)
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(
      ids.map((_, place) => (place === 4 ? 'rejected' : 'written')),
    )
    expect(outcomes[4]?.reason).toContain('JSON_PARSER_ERROR')
    expect(counts.write).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(7)) + 1)
  })

  test('that is refused whatever rows it holds is soon given up, for later', async () => {
    const server = await startScriptedOrg(({ call }) =>
      call === 'update' ? refused(400, 'JSON_PARSER_ERROR') : undefined,
    )
    const outcomes = await salesforceOn(server).write('Contact', rowsOf(200))
    expect(Map.groupBy(outcomes, ({ outcome }) => outcome).get('later')).toHaveLength(180)
    expect(server.count('update')).toBeLessThan(60)
  })

  test('that is refused because there is no such object stops, and is not halved', async () => {
    const server = await startScriptedOrg(({ call }) => (call === 'update' ? refused(400, 'INVALID_TYPE') : undefined))
    await expect(salesforceOn(server).write('Contact', rowsOf(200))).rejects.toMatchObject({ code: 'crm.refused' })
    expect(server.count('update')).toBe(1)
  })

  test('of 450 rows that meets the day’s limit keeps what was written, and tells when to come back', async () => {
    const ids = create(450)
    const fresh = salesforceOn(org, { deadlineMs: 5_000 })
    await fresh.describe('Contact')
    const used = Number(
      /api-usage=(\d+)/.exec(
        (await fetch(`${org.url}/services/data/v64.0/limits`)).headers.get('sforce-limit-info') ?? '',
      )?.[1] ?? 0,
    )
    // Two updates, and no more to read what became of them.
    org.configure({ dailyLimit: used + 2 })
    const outcomes = await fresh.write(
      'Contact',
      ids.map((id) => note(id)),
    )
    org.configure({ dailyLimit: 100_000 })
    expect(Map.groupBy(outcomes, ({ outcome }) => outcome).get('written')).toHaveLength(400)
    expect(
      outcomes.filter(({ outcome, retryAfterMs }) => outcome === 'later' && retryAfterMs === 900_000),
    ).toHaveLength(50)
    const values = await crm.read('Contact', ids, ['Note__c'])
    for (const { externalId, outcome } of outcomes)
      expect(values.get(externalId)?.values.Note__c).toBe(outcome === 'written' ? 'new' : null)
  })

  test('that meets too many long requests at once is sent again', async () => {
    const [id = ''] = create(1)
    org.addFault({ operation: 'collections.update', kind: 'concurrent_limit' })
    const counts = noCalls()
    expect(await crm.write('Contact', [note(id)], counts)).toMatchObject([{ outcome: 'written' }])
    expect(counts.write).toBe(2)
  })
})

describe('a field', () => {
  test('that the admin has added since is found', async () => {
    const [id = ''] = create(1)
    await crm.write('Contact', [note(id)])
    org.defineFields('Contact', [{ name: 'New__c', kind: 'number' }])
    const row = { externalId: id, values: { New__c: '7' } }
    expect(await crm.write('Contact', [row])).toMatchObject([{ outcome: 'written', values: { New__c: '7' } }])
  })

  test('that is hidden from our user is left out of rows, and named where it is read', async () => {
    const words = "No such column 'Hidden__c' on sobject of type Contact"
    const server = await startScriptedOrg((ask) =>
      ask.call === 'retrieve' && ask.text.includes('Hidden__c') ? refused(400, 'INVALID_FIELD', words) : undefined,
    )
    const hidden = salesforceOn(server)
    const row = { externalId: contactId(1), values: { Note__c: 'x', Hidden__c: 'x' } }
    expect(await hidden.write('Contact', [row])).toMatchObject([
      { outcome: 'written', rejectedFields: [{ field: 'Hidden__c', reason: 'no such field' }] },
    ])
    const reading = hidden.read('Contact', [contactId(1)], ['Hidden__c'])
    await expect(reading).rejects.toMatchObject({ code: 'crm.refused', message: expect.stringContaining('Hidden__c') })
  })

  test.each([
    ['INVALID_FIELD', "No such column 'Mood__c' on sobject of type Contact", []],
    ['INVALID_FIELD_FOR_INSERT_UPDATE', 'Unable to create/update fields: Mood__c.', ['Mood__c']],
  ])('that went since we looked (%s, from docs) is left out', async (code, message, fields) => {
    const server = await startScriptedOrg(({ call, rows }) =>
      call === 'update' && rows.some((row) => 'Mood__c' in row) ? { body: [failed(code, message, fields)] } : undefined,
    )
    const row = { externalId: contactId(1), values: { Note__c: 'x', Mood__c: 'pos' } }
    expect(await salesforceOn(server).write('Contact', [row])).toMatchObject([
      { outcome: 'written', values: { Note__c: 'x' }, rejectedFields: [{ field: 'Mood__c' }] },
    ])
  })
})
