import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startHubspotSandbox } from '../../src/sandbox/index.ts'

const sandbox = await startHubspotSandbox({ rateScale: 100 })
afterAll(sandbox.close)
const [contact = '', other = ''] = sandbox.createContacts([{ properties: {} }, { properties: {} }])
sandbox.defineActivityProperties('calls', [
  { name: 'own_key', type: 'string', fieldType: 'text', hasUniqueValue: true },
])

const answerSchema = z.looseObject({
  results: z.array(z.looseObject({ id: z.string().optional(), new: z.boolean().optional() })).default([]),
  errors: z.array(z.looseObject({ category: z.string().optional() })).default([]),
  message: z.string().default(''),
})

async function post(path: string, body: object) {
  const answer = await fetch(`${sandbox.url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox-hubspot', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  return { ...answerSchema.parse(text === '' ? {} : JSON.parse(text)), status: answer.status }
}

const calls = '/crm/v3/objects/calls/batch'
const timed = { hs_timestamp: '2026-04-10T10:00:00Z' }
const on = (id: string, associationTypeId = 194) => [
  { to: { id }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId }] },
]
const held = (id: string | undefined) => sandbox.activities().find((each) => each.id === id)

describe('calls', () => {
  test('are created with their association, and only with their time', async () => {
    const created = await post(`${calls}/create`, { inputs: [{ properties: timed, associations: on(contact) }] })
    expect(created.status).toBe(201)
    expect(held(created.results[0]?.id)).toMatchObject({ object: 'calls', contacts: [contact] })
    const untimed = await post(`${calls}/create`, { inputs: [{ properties: {}, associations: [] }] })
    expect(untimed.status).toBe(400)
    expect(untimed.message).toContain('MISSING_REQUIRED_PROPERTY')
    const mistyped = { inputs: [{ properties: timed, associations: on(contact, 81) }] }
    expect((await post(`${calls}/create`, mistyped)).status).toBe(400)
  })

  test('with one unique value are one: a second create is a conflict, an upsert the same', async () => {
    const row = (key: string) => ({ objectWriteTraceId: key, properties: { ...timed, own_key: key }, associations: [] })
    await post(`${calls}/create`, { inputs: [row('a')] })
    const again = await post(`${calls}/create`, { inputs: [row('a'), row('b')] })
    expect(again.status).toBe(207)
    expect([again.results.length, again.errors[0]?.category]).toEqual([1, 'CONFLICT'])
    const whole = await post(`${calls}/create`, {
      inputs: [{ properties: { ...timed, own_key: 'a' }, associations: [] }],
    })
    expect(whole.status).toBe(409)
    const upsert = (key: string) => ({ id: key, idProperty: 'own_key', properties: { ...timed, hs_call_title: 'T' } })
    const upserted = await post(`${calls}/upsert`, { inputs: [upsert('a'), upsert('c')] })
    expect(upserted.results.map((row) => row.new).sort()).toEqual([false, true])
    const byTitle = { inputs: [{ ...upsert('a'), idProperty: 'hs_call_title' }] }
    expect((await post(`${calls}/upsert`, byTitle)).status).toBe(400)
    const twice = await post(`${calls}/upsert`, { inputs: [upsert('a'), upsert('a')] })
    expect(twice.message).toContain('Duplicate IDs')
  })

  test('hang on contacts, also through a merge, and in the recycle bin on none', async () => {
    const { results } = await post(`${calls}/create`, { inputs: [{ properties: timed, associations: [] }] })
    const id = results[0]?.id ?? ''
    const pair = { from: { id }, to: { id: other }, types: on(other)[0]?.types }
    const linked = await post('/crm/v4/associations/calls/contacts/batch/create', {
      inputs: [pair, { ...pair, from: { id: '1' } }],
    })
    expect([linked.status, linked.results.length, linked.errors.length]).toEqual([207, 1, 1])
    await post('/crm/v3/objects/contacts/merge', { primaryObjectId: contact, objectIdToMerge: other })
    const survivor = sandbox.state().contacts[0]?.id ?? ''
    expect(held(id)?.contacts).toEqual([survivor])
    const read = { inputs: [{ id: survivor }] }
    const links = await post('/crm/v4/associations/contacts/calls/batch/read', read)
    expect(links.status).toBe(200)
    expect((await post(`${calls}/archive`, { inputs: [{ id }, { id: '1' }] })).status).toBe(204)
    expect(held(id)?.archived).toBe(true)
    const gone = await post(`${calls}/update`, { inputs: [{ id, properties: { hs_call_title: 'T' } }] })
    expect([gone.status, gone.errors[0]?.category]).toEqual([207, 'OBJECT_NOT_FOUND'])
  })
})

test('communications need a channel and where they were logged', async () => {
  const path = '/crm/v3/objects/communications/batch/create'
  const create = (properties: object) => post(path, { inputs: [{ properties, associations: [] }] })
  expect((await create(timed)).message).toContain('hs_communication_channel_type')
  const logged = { ...timed, hs_communication_logged_from: 'CRM' }
  expect((await create({ ...logged, hs_communication_channel_type: 'WEB' })).message).toContain('INVALID_OPTION')
  expect((await create({ ...logged, hs_communication_channel_type: 'SMS' })).status).toBe(201)
})
