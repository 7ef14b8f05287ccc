import { expect, test } from 'vitest'
import { openPortal } from './hubspot-portal.ts'

async function openTypedPortal() {
  const portal = await openPortal()
  portal.sandbox.defineProperties([
    { name: 'score', type: 'number', fieldType: 'number' },
    { name: 'agreed', type: 'bool', fieldType: 'booleancheckbox' },
    { name: 'due', type: 'date', fieldType: 'date' },
    { name: 'seen', type: 'datetime', fieldType: 'date' },
    {
      name: 'mood',
      type: 'enumeration',
      fieldType: 'select',
      options: [{ value: 'good', label: 'Good' }, { value: 'bad' }],
    },
    {
      name: 'topics',
      type: 'enumeration',
      fieldType: 'checkbox',
      options: [{ value: 'a' }, { value: 'b' }, { value: 'c' }],
    },
  ])
  const [id = ''] = portal.sandbox.createContacts([{ properties: { topics: 'a;b' } }])
  const write = (name: string, value: string) =>
    portal.post('batch/update', { inputs: [{ id, properties: { [name]: value } }] })
  return { ...portal, id, write }
}

test.each([
  ['email', '  Ann.Lee@Example.COM ', 'ann.lee@example.com'],
  ['firstname', '  Ann 🙂 "x" \\ ', 'Ann 🙂 "x" \\'],
  ['firstname', '', null],
  ['firstname', '0', '0'],
  ['company', 'x'.repeat(65_536), 'x'.repeat(65_536)],
  ['score', '-12.5', '-12.5'],
  ['score', '0', '0'],
  ['agreed', 'false', 'false'],
  ['due', '2026-02-28', '2026-02-28'],
  ['due', String(Date.UTC(2026, 1, 28)), '2026-02-28'],
  ['seen', '2026-02-28T10:00:00+01:00', '2026-02-28T09:00:00.000Z'],
  ['seen', String(Date.UTC(2026, 1, 28, 9)), '2026-02-28T09:00:00.000Z'],
  ['mood', 'good', 'good'],
  ['topics', 'c;a', 'c;a'],
  ['topics', ';c', 'a;b;c'],
  ['topics', '', ''],
  ['hubspot_owner_id', '77', '77'],
])('%s takes %j and keeps %j', async (name, value, kept) => {
  const { id, read, write } = await openTypedPortal()
  expect(await write(name, value)).toMatchObject({ status: 200 })
  expect(await read(id, name)).toMatchObject({ [name]: kept })
})

test.each([
  ['nosuch', 'x', 'PROPERTY_DOESNT_EXIST'],
  ['hs_object_id', '1', 'READ_ONLY_VALUE'],
  ['hs_searchable_calculated_phone_number', '1', 'READ_ONLY_VALUE'],
  ['email', 'ann@', 'INVALID_EMAIL'],
  ['score', '1,000', 'INVALID_INTEGER'],
  ['score', 'NaN', 'INVALID_INTEGER'],
  ['agreed', 'True', 'INVALID_OPTION'],
  ['agreed', '1', 'INVALID_OPTION'],
  ['due', '2026-02-30', 'INVALID_DATE'],
  ['due', '2026-02-28T09:00:00Z', 'INVALID_DATE'],
  ['due', String(Date.UTC(2026, 1, 28, 9)), 'INVALID_DATE'],
  ['seen', 'yesterday', 'INVALID_DATE'],
  ['mood', 'Good', 'INVALID_OPTION'],
  ['topics', 'a; b', 'INVALID_OPTION'],
])('%s refuses %j with %s', async (name, value, code) => {
  const { write } = await openTypedPortal()
  expect(await write(name, value)).toMatchObject({
    status: 400,
    body: { category: 'VALIDATION_ERROR', errors: [{ code, context: { propertyName: [name] } }] },
  })
})

test('the API never moves a lifecycle stage back, and says nothing; a cleared one takes any', async () => {
  const { id, read, write } = await openTypedPortal()
  for (const [value, kept] of [
    ['customer', 'customer'],
    ['lead', 'customer'],
    ['', ''],
    ['lead', 'lead'],
  ] as const) {
    expect(await write('lifecyclestage', value)).toMatchObject({ status: 200 })
    expect(await read(id, 'lifecyclestage')).toMatchObject({ lifecyclestage: kept })
  }
})

test('a property is created once, refused the second time, and listed', async () => {
  const { call } = await openPortal()
  const path = '/crm/v3/properties/contacts'
  const draft = {
    name: 'ai_summary',
    label: 'Summary',
    groupName: 'contactinformation',
    type: 'string',
    fieldType: 'textarea',
  }
  expect(await call('POST', path, draft)).toMatchObject({ status: 201, body: { ...draft, hasUniqueValue: false } })
  expect(await call('POST', path, draft)).toMatchObject({ status: 409, body: { category: 'OBJECT_ALREADY_EXISTS' } })
  expect(await call('GET', `${path}/ai_summary`)).toMatchObject({ status: 200, body: draft })
  expect(await call('GET', `${path}/nosuch`)).toMatchObject({ status: 404 })
  expect(await call('POST', path, { ...draft, name: 'p', type: 'phone_number' })).toMatchObject({ status: 400 })
  const { results } = (await call('GET', path)).body
  expect(results).toContainEqual(expect.objectContaining({ name: 'email', hasUniqueValue: true }))
  expect(results).toContainEqual(expect.objectContaining(draft))
  expect(results).toContainEqual(
    expect.objectContaining({
      name: 'hs_searchable_calculated_phone_number',
      calculated: true,
      modificationMetadata: expect.objectContaining({ readOnlyValue: true }),
    }),
  )
})
