import { expect, test } from 'vitest'
import { openOrg } from './salesforce-org.ts'

async function openAdmin() {
  const org = await openOrg()
  const admin = async (name: string, body?: unknown) => {
    const response = await fetch(`${org.sandbox.url}/__admin/${name}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answer: unknown = await response.json()
    return { status: response.status, body: answer }
  }
  return { ...org, admin }
}

test('by HTTP the admin seeds, edits, defines, orders faults, sets and resets, without a session', async () => {
  const { sandbox, admin, query } = await openAdmin()
  await admin('fields', { object: 'Contact', fields: [{ name: 'Ai_Note__c', kind: 'long_textarea', length: 1_000 }] })
  const seed = { values: { LastName: 'Okafor', Ai_Note__c: 'a' }, at: '2026-03-01T08:00:00Z', source: 'import' }
  await admin('records', { object: 'Contact', records: [seed] })
  const id = sandbox.state().records.Contact?.[0]?.id ?? ''
  await admin('edit', { object: 'Contact', id, values: { Ai_Note__c: 'b' }, as: 'person', at: '2026-04-01T08:00:00Z' })
  await admin('faults', { operation: 'limits', kind: 'status', status: 503 })
  await admin('settings', {
    latencyMs: 1,
    historyOff: ['Title'],
    flows: [{ object: 'Contact', field: 'Ai_Note__c', kind: 'trim', when: 'after' }],
    validationRules: [{ object: 'Contact', field: 'Title', pattern: 'x', message: 'no' }],
    callouts: [{ object: 'Contact', field: 'Ai_Note__c', url: 'http://127.0.0.1:1/' }],
  })
  await query(`SELECT Id FROM ContactHistory WHERE ContactId = '${id}'`)
  expect((await admin('state')).body).toMatchObject({
    records: {
      Contact: [
        {
          id,
          createdAt: '2026-03-01T08:00:00.000+0000',
          modifiedAt: '2026-04-01T08:00:00.000+0000',
          isDeleted: false,
          values: { Ai_Note__c: 'b', Name: 'Okafor', Id: id },
          history: [{ field: 'created' }, { field: 'Ai_Note__c', oldValue: null, newValue: null }],
        },
      ],
    },
    settings: { latencyMs: 1, historyOff: ['Title'], dailyLimit: 100_000 },
    faults: [{ operation: 'limits', times: 1 }],
    requests: {
      operations: { query: { calls: 1, rows: 2, byStatus: { 200: 1 } } },
      historyReads: { calls: 1, rows: 2 },
    },
  })
  await admin('expire', {})
  expect((await query('SELECT Id FROM Contact')).status).toBe(401)
  await admin('reset', {})
  const { body } = await admin('state')
  expect(body).toMatchObject({ faults: [], settings: { latencyMs: 0 }, requests: { operations: {} } })
  expect(body).not.toHaveProperty('records.Contact')
})

test('the admin removes, restores, merges and converts by HTTP', async () => {
  const { admin, contacts, sandbox, retrieve } = await openAdmin()
  const [winnerId = '', loserId = ''] = contacts({}, { Title: 'Owner' })
  const [lead = ''] = sandbox.createRecords('Lead', [{ values: { LastName: 'Lind', Company: 'Lind' } }])
  await admin('remove', { object: 'Contact', id: winnerId })
  expect((await retrieve([winnerId], 'Id')).body).toEqual([null])
  await admin('undelete', { object: 'Contact', id: winnerId })
  await admin('merge', { object: 'Contact', winnerId, loserId })
  expect((await retrieve([winnerId, loserId], 'Title')).body).toMatchObject([{ Title: 'Owner' }, null])
  expect((await admin('convert', { id: lead })).body).toEqual({
    contactId: expect.any(String),
    accountId: expect.any(String),
  })
})

test('the request log counts refused calls without rows, and is the same by HTTP', async () => {
  const { sandbox, contacts, update, admin } = await openAdmin()
  const [id = ''] = contacts({})
  await update([{ id, Note__c: 'x' }, { Note__c: 'y' }])
  await update([])
  const counted = { calls: 2, rows: 2, byStatus: { 200: 1, 400: 1 } }
  expect(sandbox.requests().operations['collections.update']).toEqual(counted)
  expect((await admin('requests')).body).toEqual(sandbox.requests())
})

test('latency is added to every answer but the admin’s', async () => {
  const { call, sandbox, admin } = await openAdmin()
  sandbox.configure({ latencyMs: 120 })
  const started = performance.now()
  expect(await call('GET', 'limits')).toMatchObject({ status: 200 })
  expect(performance.now() - started).toBeGreaterThan(100)
  sandbox.configure({ latencyMs: 60_000 })
  expect((await admin('requests')).status).toBe(200)
})

test.each([
  ['edit', { object: 'Contact', id: '1', values: {}, as: 'ghost' }, 400],
  ['edit', { object: 'Contact', id: '1', values: {}, as: 'person' }, 404],
  ['records', { object: 'Contact', records: [{ values: { Nosuch: 'x' } }] }, 400],
  ['records', { object: 'Contact', records: [{ values: { LastName: 'x' }, at: 'once' }] }, 400],
  ['records', { object: 'Contact', records: [{ id: '00Q000000000001', values: { LastName: 'x' } }] }, 400],
  ['records', { object: 'User', records: [{ values: { Name: 'x' } }] }, 400],
  ['fields', { object: 'Contact', fields: [{ name: 'phone', kind: 'text' }] }, 400],
  ['fields', { object: 'Contact', fields: [{ name: 'Note__c', kind: 'text' }] }, 409],
  ['faults', { operation: 'contacts.fetch', kind: 'status' }, 400],
  ['settings', { latency: 2 }, 400],
])('the admin refuses %s with %j', async (name, body, status) => {
  const { admin } = await openAdmin()
  expect((await admin(name, body)).status).toBe(status)
})

test('seeds keep the ids they are given, in the form of 18 characters', async () => {
  const { sandbox } = await openAdmin()
  const seed = { id: '003A0000008xYz1', values: { LastName: 'Okafor' } }
  expect(sandbox.createRecords('Contact', [seed])).toEqual(['003A0000008xYz1IAE'])
})
