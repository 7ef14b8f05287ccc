import { describe, expect, test } from 'vitest'
import { manyContacts, openPortal } from './hubspot-portal.ts'

describe('batch writes', () => {
  test('the real SDK updates contacts by id, and their results come back in another order', async () => {
    const { sandbox, batch } = await openPortal()
    const ids = sandbox.createContacts(manyContacts(100))
    const answer = await batch.updateWithHttpInfo({
      inputs: ids.map((id) => ({ id, properties: { city: `Straße "${id}" 🏠\\` } })),
    })
    expect(answer.httpStatusCode).toBe(200)
    const answered = answer.data.results.map(({ id }) => id)
    expect(answered).not.toEqual(ids)
    expect(answered.toSorted()).toEqual(ids.toSorted())
    expect(answer.data.results.every(({ id, properties }) => properties.city === `Straße "${id}" 🏠\\`)).toBe(true)
  })

  test('an id named twice rejects the whole batch', async () => {
    const { sandbox, post, read } = await openPortal()
    const [id = '', other = ''] = sandbox.createContacts(manyContacts(2))
    const inputs = [id, other, id].map((each) => ({ id: each, properties: { city: 'Bern' } }))
    const answer = await post('batch/update', { inputs })
    expect(answer).toMatchObject({
      status: 400,
      body: {
        status: 'error',
        category: 'VALIDATION_ERROR',
        message: `Duplicate IDs found in batch input: [${id}]. IDs must be unique`,
        context: { ids: [id] },
      },
    })
    expect(await read(other, 'city')).toMatchObject({ city: null })
  })

  test('without trace ids one bad value rejects the whole batch and names the property', async () => {
    const { sandbox, post, read } = await openPortal()
    const [good = '', bad = ''] = sandbox.createContacts(manyContacts(2))
    const answer = await post('batch/update', {
      inputs: [
        { id: good, properties: { city: 'Bern' } },
        { id: bad, properties: { hs_lead_status: 'LUKEWARM', cty: 'Bern' } },
      ],
    })
    expect(answer.status).toBe(400)
    expect(answer.body.message).toMatch(/^Property values were not valid: \[\{"isValid":false/)
    expect(answer.body.errors).toMatchObject([
      { code: 'INVALID_OPTION', context: { propertyName: ['hs_lead_status'] } },
      { code: 'PROPERTY_DOESNT_EXIST', context: { propertyName: ['cty'] } },
    ])
    expect(await read(good, 'city')).toMatchObject({ city: null })
  })

  test.each(['create', 'update', 'upsert'] as const)(
    'with trace ids only the bad input of a batch %s fails',
    async (verb) => {
      const { sandbox, post } = await openPortal()
      sandbox.defineProperties([{ name: 'ext_id', type: 'string', fieldType: 'text', hasUniqueValue: true }])
      const ids = sandbox.createContacts(manyContacts(2))
      const answer = await post(`batch/${verb}`, {
        inputs: ['Bern', 'x'.repeat(65_537)].map((city, place) => ({
          ...(verb === 'update' && { id: ids[place] }),
          ...(verb === 'upsert' && { id: `ext-${place}`, idProperty: 'ext_id' }),
          objectWriteTraceId: `row-${place}`,
          properties: { city },
        })),
      })
      expect(answer.status).toBe(207)
      expect(answer.body.results).toMatchObject([{ properties: { city: 'Bern' }, objectWriteTraceId: 'row-0' }])
      expect(answer.body.errors).toMatchObject([{ context: { objectWriteTraceId: ['row-1'] } }])
      expect(answer.body.numErrors).toBe(1)
    },
  )

  test('two inputs with the same trace id have none', async () => {
    const { sandbox, post } = await openPortal()
    const ids = sandbox.createContacts(manyContacts(2))
    const inputs = ids.map((id) => ({ id, objectWriteTraceId: 'same', properties: { cty: 'Bern' } }))
    expect(await post('batch/update', { inputs })).toMatchObject({ status: 400 })
  })

  test('an update of a missing id resolves in the SDK as a 207 that names the id', async () => {
    const { sandbox, batch } = await openPortal()
    const [id = ''] = sandbox.createContacts(manyContacts(1))
    const answer = await batch.updateWithHttpInfo({
      inputs: [id, '999', 'ann@example.com'].map((each) => ({ id: each, properties: { city: 'Bern' } })),
    })
    expect(answer.httpStatusCode).toBe(207)
    expect(answer.data.results.map((result) => result.id)).toEqual([id])
    expect(answer.data).toMatchObject({
      numErrors: 1,
      errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['999', 'ann@example.com'] } }],
    })
  })

  test.each(['email', 'hs_object_id', 'firstname'])('an update by idProperty %s is refused', async (idProperty) => {
    const { sandbox, post } = await openPortal()
    const [id = ''] = sandbox.createContacts([{ properties: { email: 'ann@example.com' } }])
    const target = idProperty === 'email' ? 'ann@example.com' : id
    const answer = await post('batch/update', { inputs: [{ id: target, idProperty, properties: { city: 'Bern' } }] })
    expect(answer.status).toBe(400)
    expect(answer.body.message).toContain('by non-unique 0-1 property')
  })

  test('101 inputs are refused, and so are 51 that ask for history', async () => {
    const { sandbox, post } = await openPortal()
    const inputs = sandbox.createContacts(manyContacts(101)).map((id) => ({ id, properties: { city: 'Bern' } }))
    expect(await post('batch/update', { inputs })).toMatchObject({ status: 400 })
    expect(await post('batch/update', { inputs: inputs.slice(0, 100) })).toMatchObject({ status: 200 })
    const withHistory = { properties: [], propertiesWithHistory: ['city'] }
    expect(await post('batch/read', { ...withHistory, inputs: inputs.slice(0, 51) })).toMatchObject({ status: 400 })
    expect(await post('batch/read', { ...withHistory, inputs: inputs.slice(0, 50) })).toMatchObject({ status: 200 })
  })

  test.each([1, true, null, ['a']])('the value %j is not a string and refused, trace id or not', async (value) => {
    const { sandbox, post } = await openPortal()
    const [id = ''] = sandbox.createContacts(manyContacts(1))
    const inputs = [{ id, objectWriteTraceId: 'row', properties: { city: value } }]
    expect(await post('batch/update', { inputs })).toMatchObject({ status: 400 })
  })

  test('creating an e-mail that is taken is a conflict that names the contact', async () => {
    const { sandbox, post } = await openPortal()
    const [id = ''] = sandbox.createContacts([{ properties: { email: 'ann@example.com' } }])
    const properties = { email: 'Ann@Example.com' }
    expect(await post('batch/create', { inputs: [{ properties }] })).toMatchObject({
      status: 409,
      body: { category: 'CONFLICT', message: 'Contact already exists' },
    })
    const traced = await post('batch/create', { inputs: [{ properties, objectWriteTraceId: '0' }] })
    expect(traced).toMatchObject({
      status: 207,
      body: { errors: [{ category: 'CONFLICT', context: { existingId: [id] } }] },
    })
  })

  test('an upsert creates once and updates after that; by e-mail it knows no partial success', async () => {
    const { batch, post } = await openPortal()
    const row = (id: string, city: string) => ({
      id,
      idProperty: 'email',
      objectWriteTraceId: id,
      properties: { city },
    })
    const first = await batch.upsert({ inputs: [row('Ann@Example.com', 'Bern')] })
    const second = await batch.upsert({ inputs: [row('ann@example.com ', 'Basel')] })
    expect([first, second].map(({ results }) => results[0])).toMatchObject([{ _new: true }, { _new: false }])
    expect(second.results[0]?.id).toBe(first.results[0]?.id)
    const bad = { ...row('bob@example.com', 'Bern'), properties: { cty: 'Bern' } }
    expect(await post('batch/upsert', { inputs: [row('ann@example.com', 'Genf'), bad] })).toMatchObject({ status: 400 })
  })
})

describe('merges', () => {
  test('both old ids answer with the new one, keep their values and count as the same record', async () => {
    const { sandbox, basic, batch, post } = await openPortal()
    const [primary = '', other = ''] = sandbox.createContacts([
      { properties: { email: 'ann@example.com', firstname: 'Ann' }, at: '2026-03-01T00:00:00Z' },
      { properties: { email: 'anna@example.com', firstname: 'Anna', city: 'Bern' }, at: '2026-04-01T00:00:00Z' },
    ])
    const merged = await basic.merge({ primaryObjectId: primary, objectIdToMerge: other })
    expect([primary, other]).not.toContain(merged.id)
    for (const id of [primary, other]) {
      const read = await batch.read({
        inputs: [{ id }],
        properties: ['email', 'firstname', 'city', 'hs_merged_object_ids', 'hs_additional_emails'],
        propertiesWithHistory: [],
      })
      expect(read.results).toMatchObject([
        {
          id: merged.id,
          properties: {
            email: 'ann@example.com',
            firstname: 'Ann',
            city: 'Bern',
            hs_merged_object_ids: `${primary};${other}`,
            hs_additional_emails: 'anna@example.com',
          },
        },
      ])
    }
    const inputs = [primary, other].map((id) => ({ id, properties: { city: 'Basel' } }))
    expect(await post('batch/update', { inputs })).toMatchObject({
      status: 400,
      body: { context: { ids: [merged.id] } },
    })
    const byOldEmail = await batch.upsert({ inputs: [{ id: 'anna@example.com', idProperty: 'email', properties: {} }] })
    expect(byOldEmail.results).toMatchObject([{ id: merged.id, _new: false }])
  })
})

test('without the right token every operation answers 401', async () => {
  const { sandbox } = await openPortal()
  const response = await fetch(`${sandbox.url}/account-info/v3/details`, { headers: { authorization: 'Bearer wrong' } })
  expect(response.status).toBe(401)
  expect(await response.json()).toMatchObject({ status: 'error', category: 'INVALID_AUTHENTICATION' })
})
