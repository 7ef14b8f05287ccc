import { Client } from '@hubspot/api-client'
import { expect, test } from 'vitest'
import { openPortal } from './hubspot-portal.ts'

async function openWithContact() {
  const portal = await openPortal()
  const [id = ''] = portal.sandbox.createContacts([{ properties: { city: 'Bern' } }])
  const write = (city: string) => portal.post('batch/update', { inputs: [{ id, properties: { city } }] })
  const city = () => portal.sandbox.state().contacts[0]?.properties.city
  return { ...portal, id, write, city }
}

test('a fault that comes after the commit answers 5xx though the write happened', async () => {
  const { sandbox, write, city } = await openWithContact()
  sandbox.addFault({ operation: 'contacts.batch_update', kind: 'after_commit' })
  expect(await write('Basel')).toMatchObject({ status: 502 })
  expect(city()).toBe('Basel')
})

test('a fault befalls as many requests as ordered, of its operation only, and does not write', async () => {
  const { sandbox, write, city, call } = await openWithContact()
  sandbox.addFault({ operation: 'contacts.batch_update', kind: 'status', status: 503, times: 2 })
  expect(await call('GET', '/account-info/v3/details')).toMatchObject({ status: 200 })
  expect([(await write('Basel')).status, (await write('Basel')).status]).toEqual([503, 503])
  expect(city()).toBe('Bern')
  expect(await write('Basel')).toMatchObject({ status: 200 })
})

test('a cut answer ends in the middle of its body', async () => {
  const { sandbox, write, city } = await openWithContact()
  sandbox.addFault({ operation: '*', kind: 'cut' })
  await expect(write('Basel')).rejects.toThrow(/terminated|fetch failed/)
  expect(city()).toBe('Basel')
})

test.each([
  ['hang', 'Bern'],
  ['hang_after_commit', 'Basel'],
] as const)('a fault of the kind %s never answers, and the city is %s', async (kind, expected) => {
  const { sandbox, id, city } = await openWithContact()
  sandbox.addFault({ operation: 'contacts.batch_update', kind })
  const request = fetch(`${sandbox.url}/crm/v3/objects/contacts/batch/update`, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox-hubspot' },
    body: JSON.stringify({ inputs: [{ id, properties: { city: 'Basel' } }] }),
    signal: AbortSignal.timeout(200),
  })
  await expect(request).rejects.toThrow(/timeout/i)
  expect(city()).toBe(expected)
})

test.each([
  ['throttle_burst', { policyName: 'TEN_SECONDLY_ROLLING' }],
  ['throttle_search', { message: 'You have reached your secondly limit.' }],
  ['throttle_daily', { policyName: 'DAILY' }],
] as const)('%s is a 429 out of turn', async (kind, body) => {
  const { sandbox, write } = await openWithContact()
  sandbox.addFault({ operation: 'contacts.batch_update', kind })
  expect(await write('Basel')).toMatchObject({ status: 429, body })
})

test('by HTTP the admin seeds, edits, defines, orders faults, sets and resets, without a token', async () => {
  const { sandbox, batch } = await openPortal()
  const admin = async (name: string, body?: unknown) => {
    const response = await fetch(`${sandbox.url}/__admin/${name}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  }
  await admin('properties', { name: 'ai_note', type: 'string', fieldType: 'textarea' })
  const seed = { properties: { ai_note: 'a' }, at: '2026-03-01T08:00:00Z', source: 'import' }
  await admin('contacts', [seed])
  const id = sandbox.state().contacts[0]?.id ?? ''
  await admin('edit', { id, properties: { ai_note: 'b' }, as: 'person', at: '2026-04-01T08:00:00Z' })
  await admin('faults', { operation: 'contacts.get', kind: 'status', status: 503 })
  await admin('settings', {
    latencyMs: 1,
    historyOff: ['*'],
    flows: [{ property: 'ai_note', kind: 'trim', as: 'crm' }],
  })
  await batch.read({ inputs: [{ id }], properties: [], propertiesWithHistory: ['ai_note'] })
  expect((await admin('state')).body).toMatchObject({
    contacts: [
      {
        id,
        createdAt: '2026-03-01T08:00:00.000Z',
        properties: { ai_note: 'b' },
        history: {
          ai_note: [
            { value: 'b', sourceType: 'CRM_UI', timestamp: '2026-04-01T08:00:00.000Z' },
            { value: 'a', sourceType: 'IMPORT' },
          ],
        },
      },
    ],
    settings: { latencyMs: 1, historyOff: ['*'], dailyLimit: 625_000 },
    faults: [{ operation: 'contacts.get', times: 1 }],
    requests: {
      operations: { 'contacts.batch_read': { calls: 1, rows: 1, byStatus: { 200: 1 } } },
      historyReads: { calls: 1, rows: 1 },
    },
  })
  await admin('reset', {})
  expect((await admin('state')).body).toMatchObject({ contacts: [], faults: [], requests: { operations: {} } })
  expect(sandbox.state().settings).toMatchObject({ latencyMs: 0, historyOff: [], flows: [] })
})

test('the request log counts refused calls without rows, and is the same by HTTP', async () => {
  const { sandbox, id, post, write } = await openWithContact()
  await write('Basel')
  await post('batch/update', { inputs: [{ id, properties: { nosuch: 'x' } }] })
  const expected = {
    operations: { 'contacts.batch_update': { calls: 2, rows: 1, byStatus: { 200: 1, 400: 1 } } },
    historyReads: { calls: 0, rows: 0 },
  }
  expect(sandbox.requests()).toEqual(expected)
  expect(await (await fetch(`${sandbox.url}/__admin/requests`)).json()).toEqual(expected)
})

test('latency is added to every answer but the admin’s', async () => {
  const { sandbox, write } = await openWithContact()
  sandbox.configure({ latencyMs: 120 })
  const started = performance.now()
  expect(await write('Basel')).toMatchObject({ status: 200 })
  expect(performance.now() - started).toBeGreaterThan(100)
  sandbox.configure({ latencyMs: 60_000 })
  expect((await fetch(`${sandbox.url}/__admin/requests`)).status).toBe(200)
})

test.each([
  ['edit', { id: '1', properties: {}, as: 'ghost' }, 400],
  ['edit', { id: '1', properties: {}, as: 'person' }, 404],
  ['contacts', { properties: { nosuch: 'x' } }, 400],
  ['contacts', { properties: {}, at: 'once' }, 400],
  ['faults', { operation: 'contacts.fetch', kind: 'status' }, 400],
  ['settings', { rateScal: 2 }, 400],
])('the admin refuses %s with %j', async (name, body, status) => {
  const { sandbox } = await openPortal()
  const response = await fetch(`${sandbox.url}/__admin/${name}`, { method: 'POST', body: JSON.stringify(body) })
  expect(response.status).toBe(status)
})

test('the SDK Client works through its basePath', async () => {
  const { sandbox, id } = await openWithContact()
  const client = new Client({ accessToken: 'sandbox-hubspot', basePath: sandbox.url })
  const contact = await client.crm.contacts.basicApi.getById(id, ['city'], ['city'])
  expect(contact.properties.city).toBe('Bern')
  expect(contact.propertiesWithHistory?.city?.[0]).toMatchObject({ value: 'Bern', sourceType: 'CRM_UI' })
  expect((await client.crm.properties.coreApi.getAll('contacts')).results.map(({ name }) => name)).toContain('email')
})
