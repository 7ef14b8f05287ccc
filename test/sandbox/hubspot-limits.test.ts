import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/contacts/index.js'
import { expect, test } from 'vitest'
import { manyContacts, openPortal } from './hubspot-portal.ts'

const DETAILS = '/account-info/v3/details'

test('190 requests fit in any ten seconds, the next is told which limit it hit', async () => {
  const { call, advance } = await openPortal()
  for (let turn = 0; turn < 190; turn += 1) {
    if (turn === 95) advance(5_000)
    expect(await call('GET', DETAILS)).toMatchObject({ status: 200 })
  }
  const refused = await call('GET', DETAILS)
  expect(refused).toMatchObject({ status: 429, body: { errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' } })
  expect(refused.headers.has('retry-after')).toBe(false)
  advance(4_999)
  expect(await call('GET', DETAILS)).toMatchObject({ status: 429 })
  advance(1)
  expect(await call('GET', DETAILS)).toMatchObject({ status: 200 })
})

test('five searches fit in a second; the sixth is refused without a policy, and no search carries a rate header', async () => {
  const { post, advance } = await openPortal()
  const answers = []
  for (let turn = 0; turn < 6; turn += 1) answers.push(await post('search', {}))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429])
  expect(answers[5]?.body).toEqual({
    status: 'error',
    message: 'You have reached your secondly limit.',
    correlationId: expect.any(String),
    category: 'RATE_LIMITS',
  })
  for (const { headers } of answers) {
    expect([...headers.keys()].filter((name) => name.includes('ratelimit') || name === 'retry-after')).toEqual([])
  }
  advance(1_000)
  expect(await post('search', {})).toMatchObject({ status: 200 })
})

test('batch calls always say what is left, other calls only sometimes', async () => {
  const { call, post } = await openPortal({ rateScale: 2 })
  const batch = await post('batch/read', { inputs: [], properties: [], propertiesWithHistory: [] })
  expect(Object.fromEntries(batch.headers)).toMatchObject({
    'x-hubspot-ratelimit-max': '380',
    'x-hubspot-ratelimit-remaining': '379',
    'x-hubspot-ratelimit-interval-milliseconds': '10000',
    'x-hubspot-ratelimit-daily': '625000',
    'x-hubspot-ratelimit-daily-remaining': '624999',
  })
  const told = new Set<boolean>()
  for (let turn = 0; turn < 20; turn += 1) {
    told.add((await call('GET', DETAILS)).headers.has('x-hubspot-ratelimit-max'))
  }
  expect(told).toEqual(new Set([true, false]))
})

test('the daily limit holds until midnight in the account zone, which the usage call names', async () => {
  const { call, advance } = await openPortal({ dailyLimit: 2, timeZone: 'America/New_York' })
  const usage = await call('GET', '/account-info/v3/api-usage/daily/private-apps')
  expect(usage.body.results).toMatchObject([{ currentUsage: 1, usageLimit: 2, resetsAt: '2026-11-22T05:00:00.000Z' }])
  expect(await call('GET', DETAILS)).toMatchObject({ body: { timeZone: 'America/New_York', utcOffset: '-05:00' } })
  expect(await call('GET', DETAILS)).toMatchObject({ status: 429, body: { policyName: 'DAILY' } })
  advance(Date.parse('2026-11-22T05:00:00.000Z') - Date.parse('2026-11-21T09:00:00.000Z'))
  expect(await call('GET', DETAILS)).toMatchObject({ status: 200 })
})

test('search finds a change only after the lag, by the value it then had', async () => {
  const { sandbox, search, batch, advance } = await openPortal({ searchLagMs: 5_000 })
  const [id = ''] = sandbox.createContacts([{ properties: { city: 'Bern' }, at: '2026-03-01T08:00:00Z' }])
  await batch.update({ inputs: [{ id, properties: { city: 'Basel' } }] })
  sandbox.createContacts([{ properties: { city: 'Basel' } }])
  const count = async (city: string) => {
    advance(1_000)
    const filters = [{ propertyName: 'city', operator: FilterOperatorEnum.Eq, value: city }]
    return (await search.doSearch({ filterGroups: [{ filters }] })).total
  }
  expect([await count('Basel'), await count('Bern')]).toEqual([0, 1])
  advance(5_000)
  expect([await count('Basel'), await count('Bern')]).toEqual([2, 0])
})

test('search filters by phone number, list of values, presence and order, and its groups are alternatives', async () => {
  const { sandbox, post } = await openPortal({ rateScale: 100 })
  const [ann = '', bob = '', eve = ''] = sandbox.createContacts([
    { properties: { firstname: 'Ann', phone: '+1 (415) 555-0101', email: 'ann@example.com' } },
    { properties: { firstname: 'Bob', mobilephone: '+41 44 668 18 00' } },
    { properties: { firstname: 'Eve', phone: '415 555 0102' } },
  ])
  const find = async (...filters: object[]) => {
    const answer = await post('search', { filterGroups: filters.map((filter) => ({ filters: [filter] })) })
    return answer.body.results.map(({ id }) => id)
  }
  const national = 'hs_searchable_calculated_phone_number'
  const mobile = 'hs_searchable_calculated_mobile_number'
  expect(await find({ propertyName: national, operator: 'EQ', value: '4155550101' })).toEqual([ann])
  expect(await find({ propertyName: national, operator: 'IN', values: ['4155550101', '4155550102'] })).toEqual([
    ann,
    eve,
  ])
  expect(await find({ propertyName: mobile, operator: 'EQ', value: '446681800' })).toEqual([bob])
  expect(await find({ propertyName: 'firstname', operator: 'IN', values: ['ann', 'Bob'] })).toEqual([ann])
  expect(await find({ propertyName: 'phone', operator: 'HAS_PROPERTY' })).toEqual([ann, eve])
  expect(await find({ propertyName: 'phone', operator: 'NOT_HAS_PROPERTY' })).toEqual([bob])
  expect(await find({ propertyName: 'hs_object_id', operator: 'GT', value: ann })).toEqual([bob, eve])
  expect(
    await find(
      { propertyName: 'email', operator: 'EQ', value: 'ANN@example.com' },
      { propertyName: 'firstname', operator: 'EQ', value: 'eve' },
    ),
  ).toEqual([ann, eve])
  expect(
    await post('search', { filterGroups: [{ filters: [{ propertyName: 'city', operator: 'LIKE' }] }] }),
  ).toMatchObject({
    status: 400,
  })
})

test('list pages through every contact once, in pages of at most 100', async () => {
  const { sandbox, basic, call } = await openPortal()
  const ids = sandbox.createContacts(manyContacts(250))
  const seen: string[] = []
  let after: string | undefined
  do {
    const page = await basic.getPage(100, after, ['firstname'])
    seen.push(...page.results.map(({ id }) => id))
    after = page.paging?.next?.after
  } while (after !== undefined)
  expect(seen).toEqual(ids)
  expect(await call('GET', '/crm/v3/objects/contacts?limit=101')).toMatchObject({ status: 400 })
})
