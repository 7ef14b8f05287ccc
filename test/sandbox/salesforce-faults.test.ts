import { expect, test } from 'vitest'
import { codesOf, openOrg } from './salesforce-org.ts'

async function openWithAccount() {
  const org = await openOrg()
  const [account = '', other = ''] = org.sandbox.createRecords('Account', [
    { values: { Name: 'Harbor' } },
    { values: { Name: 'Other' } },
  ])
  const ids = org.contacts({ AccountId: account }, { AccountId: account }, { AccountId: other })
  const write = (...records: (string | undefined)[]) => org.update(records.map((id) => ({ id, Note__c: 'written' })))
  const note = () => org.read(ids[0] ?? '', 'Note__c')
  return { ...org, account, ids, write, note }
}

test('of two requests at once that touch one account the rows of the later fail, and other rows do not', async () => {
  const { ids, write, sandbox } = await openWithAccount()
  sandbox.configure({ msPerRow: 150 })
  const [first, second] = await Promise.all([write(ids[0]), write(ids[1], ids[2])])
  const codes = [first, second].map(({ body }) => codesOf(body))
  // Which of the two came first is not for the client to say.
  expect([
    [[''], ['UNABLE_TO_LOCK_ROW', '']],
    [['UNABLE_TO_LOCK_ROW'], ['', '']],
  ]).toContainEqual(codes)
  expect(codesOf((await write(ids[0], ids[1])).body)).toEqual(['', ''])
})

test('a lock fault fails the rows of one account as often as ordered, and spares requests without them', async () => {
  const { ids, write, account, sandbox } = await openWithAccount()
  sandbox.addFault({ operation: '*', kind: 'lock', recordId: account, times: 2 })
  expect(codesOf((await write(ids[2])).body)).toEqual([''])
  for (let turn = 0; turn < 2; turn += 1) {
    expect(codesOf((await write(...ids)).body)).toEqual(['UNABLE_TO_LOCK_ROW', 'UNABLE_TO_LOCK_ROW', ''])
  }
  expect(codesOf((await write(...ids)).body)).toEqual(['', '', ''])
})

test('a fault after the commit answers 5xx though the rows were written', async () => {
  const { ids, write, note, sandbox } = await openWithAccount()
  sandbox.addFault({ operation: 'collections.update', kind: 'after_commit' })
  expect(await write(ids[0])).toMatchObject({ status: 502 })
  expect(await note()).toBe('written')
})

test('a fault befalls as many requests as ordered, of its operation only, and does not write', async () => {
  const { ids, write, note, call, sandbox } = await openWithAccount()
  sandbox.addFault({ operation: 'collections.update', kind: 'status', status: 503, times: 2 })
  expect(await call('GET', 'limits')).toMatchObject({ status: 200 })
  for (let turn = 0; turn < 2; turn += 1) {
    expect(await write(ids[0])).toMatchObject({ status: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE' }] })
  }
  expect(await note()).toBeNull()
  expect(await write(ids[0])).toMatchObject({ status: 200 })
})

test('a cut answer ends in the middle of its body', async () => {
  const { ids, write, note, sandbox } = await openWithAccount()
  sandbox.addFault({ operation: 'collections.update', kind: 'cut' })
  await expect(write(ids[0])).rejects.toThrow(/terminated|fetch failed/)
  expect(await note()).toBe('written')
})

test.each([
  ['hang', null],
  ['hang_after_commit', 'written'],
] as const)('a fault of the kind %s never answers, and the note is %s', async (kind, expected) => {
  const { ids, write, note, sandbox } = await openWithAccount()
  sandbox.addFault({ operation: 'collections.update', kind })
  const answered = await Promise.race([
    write(ids[0]).then(
      () => true,
      () => false,
    ),
    new Promise((resolve) => setTimeout(() => resolve('silence'), 150)),
  ])
  expect(answered).toBe('silence')
  expect(await note()).toBe(expected)
})

test('an expired session is over for good, also by fault', async () => {
  const { call, renew, sandbox } = await openWithAccount()
  sandbox.addFault({ operation: 'limits', kind: 'session_expired' })
  expect((await call('GET', 'limits')).status).toBe(401)
  expect((await call('GET', 'limits')).status).toBe(401)
  await renew()
  expect((await call('GET', 'limits')).status).toBe(200)
})

test('the two flavours of the 403 differ in what the header says', async () => {
  const { call, sandbox } = await openWithAccount()
  sandbox.addFault({ operation: 'limits', kind: 'concurrent_limit' })
  const concurrent = await call('GET', 'limits')
  expect(concurrent).toMatchObject({ status: 403, body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }] })
  expect(concurrent.headers.get('sforce-limit-info')).toMatch(/^api-usage=\d\/100000$/)
  sandbox.configure({ dailyLimit: 1 })
  const daily = await call('GET', 'limits')
  expect(daily).toMatchObject({ status: 403, body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }] })
  expect(daily.headers.get('sforce-limit-info')).toBe('api-usage=1/1')
})

test('the allowance is of any 24 hours, and the header may be missing', async () => {
  const { call, advance, sandbox } = await openOrg({ dailyLimit: 2 })
  const statuses = async () => [(await call('GET', 'limits')).status, (await call('GET', 'sobjects')).status]
  expect(await statuses()).toEqual([200, 200])
  expect(await statuses()).toEqual([403, 403])
  advance(86_400_000)
  sandbox.configure({ limitHeader: false })
  const { status, headers, body } = await call('GET', 'limits')
  expect({ status, header: headers.get('sforce-limit-info') }).toEqual({ status: 200, header: null })
  expect(body).toMatchObject({ DailyApiRequests: { Max: 2, Remaining: 1 } })
})
