import { expect, test } from 'vitest'
import { openOrg } from './salesforce-org.ts'

async function openWithPeople() {
  const org = await openOrg()
  const [account = ''] = org.sandbox.createRecords('Account', [{ values: { Name: 'Harbor' } }])
  const ids = org.contacts(
    { FirstName: 'Maya', Email: 'maya@example.com', Budget__c: 9_000, AccountId: account, Topics__c: 'air;heat' },
    { FirstName: 'Tom', Phone: '+12065550142', Budget__c: 12.5, Agreed__c: true, Called_At__c: '2026-11-20T09:00:00Z' },
    { FirstName: "D'Arcy", Note__c: '50% off_now', Due__c: '2026-12-24' },
  )
  const names = async (where: string) => {
    const { body } = await org.query(`SELECT FirstName FROM Contact WHERE ${where} ORDER BY FirstName`)
    return body.records?.map(({ FirstName }) => FirstName)
  }
  return { ...org, ids, account, names }
}

test.each([
  [`FirstName = 'maya'`, ['Maya']],
  [`FirstName != 'Maya'`, ["D'Arcy", 'Tom']],
  [`FirstName = 'D\\'Arcy'`, ["D'Arcy"]],
  [`FirstName IN ('Maya','Tom')`, ['Maya', 'Tom']],
  [`FirstName NOT IN ('Maya')`, ["D'Arcy", 'Tom']],
  [`Email = null`, ["D'Arcy", 'Tom']],
  [`Budget__c > 12 AND Budget__c <= 12.5`, ['Tom']],
  [`Agreed__c = true`, ['Tom']],
  [`Called_At__c >= 2026-11-20T10:00:00+01:00`, ['Tom']],
  [`Called_At__c < 2026-11-20T09:00:00Z`, []],
  [`Due__c = 2026-12-24`, ["D'Arcy"]],
  [`Phone LIKE '%0142'`, ['Tom']],
  [`FirstName LIKE 'm_y%'`, ['Maya']],
  [`Note__c LIKE '50\\% off\\_now'`, ["D'Arcy"]],
  [`(FirstName = 'Maya' OR FirstName = 'Tom') AND NOT Agreed__c = true`, ['Maya']],
  [`Account.Name = 'Harbor'`, ['Maya']],
  [`CreatedDate > 2026-02-28T00:00:00Z AND SystemModstamp < 2026-03-02T00:00:00Z`, ["D'Arcy", 'Maya', 'Tom']],
])('WHERE %s', async (where, expected) => {
  const { names } = await openWithPeople()
  expect(await names(where)).toEqual(expected)
})

test('ids match in both forms, and a parent comes as an object of its own or as null', async () => {
  const { query, ids, account } = await openWithPeople()
  const wanted = ids.slice(0, 2).map((id) => `'${id.slice(0, 15)}'`)
  const soql = `SELECT Id, AccountId, Account.Name, Account.CreatedBy.UserType FROM Contact WHERE Id IN (${wanted}) ORDER BY Id`
  const { body } = await query(soql)
  expect(body).toMatchObject({ totalSize: 2, done: true })
  expect(body.records).toMatchObject([
    {
      Id: ids[0],
      AccountId: account,
      Account: { attributes: { type: 'Account' }, Name: 'Harbor', CreatedBy: { UserType: 'Standard' } },
    },
    { Id: ids[1], Account: null },
  ])
})

test('ORDER BY puts nulls first unless told, LIMIT and OFFSET cut, COUNT() counts', async () => {
  const { query } = await openWithPeople()
  const names = async (rest: string) =>
    (await query(`SELECT FirstName FROM Contact ${rest}`)).body.records.map(({ FirstName }) => FirstName)
  expect(await names('ORDER BY Budget__c')).toEqual(["D'Arcy", 'Tom', 'Maya'])
  expect(await names('ORDER BY Budget__c DESC NULLS LAST, Id')).toEqual(['Maya', 'Tom', "D'Arcy"])
  expect(await names('ORDER BY FirstName LIMIT 1 OFFSET 1')).toEqual(['Maya'])
  expect((await query('SELECT COUNT() FROM Contact WHERE Budget__c != null')).body).toEqual({
    totalSize: 2,
    done: true,
    records: [],
  })
})

test('a query without ORDER BY comes in no order that can be relied on', async () => {
  const { contacts, query } = await openOrg()
  const ids = contacts(...Array.from({ length: 50 }, () => ({})))
  const found = (await query('SELECT Id FROM Contact')).body.records.map(({ Id }) => Id)
  expect(found).not.toEqual(ids)
  expect(found.toSorted()).toEqual(ids)
})

test.each([
  [`SELECT Nosuch FROM Contact`, 'INVALID_FIELD', /No such column 'Nosuch' on entity 'Contact'/],
  [`SELECT Id FROM Contact WHERE Account.Nosuch = 'x'`, 'INVALID_FIELD', /on entity 'Account'/],
  [`SELECT Foo.Name FROM Contact`, 'INVALID_FIELD', /understand relationship 'Foo'/],
  [`SELECT Id FROM Contac`, 'INVALID_TYPE', /Row:1:Column:16\n.*'Contac' is not supported/],
  [`SELECT Id FROM Contact WHERE`, 'MALFORMED_QUERY', /unexpected token: <EOF>/],
  [`SELECT Id FROM Contact WHERE Phone = 'x' AND Phone = 'y' OR Phone = 'z'`, 'MALFORMED_QUERY', /'OR'/],
  [`SELECT Id FROM Contact WHERE Phone = 'it's'`, 'MALFORMED_QUERY', /unexpected/],
  [`SELECT Id FROM Contact WHERE Summary__c = 'x'`, 'INVALID_FIELD', /can not be filtered/],
  [`SELECT Id FROM Contact ORDER BY Description`, 'INVALID_FIELD', /can not be sorted/],
  [`SELECT Id FROM Contact WHERE CreatedDate > '2026-11-20'`, 'INVALID_FIELD', /must be of type datetime/],
  [`SELECT Id FROM Contact WHERE Id = 'x'`, 'INVALID_QUERY_FILTER_OPERATOR', /invalid ID field: x/],
  [`SELECT Id FROM Contact WHERE Id LIKE '003%'`, 'INVALID_QUERY_FILTER_OPERATOR', /invalid operator on id field/],
])('%s is a 400', async (soql, errorCode, message) => {
  const { query } = await openOrg()
  const { status, body } = await query(soql)
  expect({ status, ...body[0] }).toMatchObject({ status: 400, errorCode, message: expect.stringMatching(message) })
})

test('deleted rows are told by queryAll only', async () => {
  const { query, ids, sandbox } = await openWithPeople()
  sandbox.remove({ object: 'Contact', id: ids[0] ?? '' })
  expect((await query('SELECT Id FROM Contact')).body.totalSize).toBe(2)
  const { body } = await query('SELECT Id, IsDeleted, LastModifiedDate FROM Contact WHERE IsDeleted = true', 'queryAll')
  expect(body.records).toMatchObject([
    { Id: ids[0], IsDeleted: true, LastModifiedDate: '2026-11-21T09:00:00.000+0000' },
  ])
})

test('pages of 2,000, or fewer by header, follow each other by locator', async () => {
  const { contacts, query, call, connection } = await openOrg()
  contacts(...Array.from({ length: 2_100 }, () => ({})))
  const soql = 'SELECT Id FROM Contact ORDER BY Id'
  const first = (await query(soql)).body
  expect(first).toMatchObject({ totalSize: 2_100, done: false })
  const second = (await call<typeof first>('GET', first.nextRecordsUrl ?? '')).body
  expect([first.records.length, second.records.length, second.done]).toEqual([2_000, 100, true])
  const small = (await query(soql, 'query', { 'Sforce-Query-Options': 'batchSize=1' })).body
  expect(small.records).toHaveLength(200)
  const all = await connection().query(soql, { autoFetch: true, maxFetch: 5_000 })
  expect(new Set(all.records.map(({ Id }) => Id)).size).toBe(2_100)
  expect(await call('GET', 'query/01gSb0000000zzz-2000')).toMatchObject({
    status: 400,
    body: [{ errorCode: 'INVALID_QUERY_LOCATOR' }],
  })
})

test('an address that is too long is a 414', async () => {
  const { query } = await openOrg()
  expect((await query(`SELECT Id FROM Contact WHERE Phone = '${'1'.repeat(16_000)}'`)).status).toBe(414)
})

test('the org tells its zone, and which fields it tracks', async () => {
  const { query, sandbox } = await openOrg()
  expect((await query('SELECT Id, TimeZoneSidKey FROM Organization')).body.records).toMatchObject([
    { Id: sandbox.orgId, TimeZoneSidKey: 'America/Los_Angeles' },
  ])
  sandbox.configure({ historyOff: ['Note__c'] })
  const soql = `SELECT QualifiedApiName, IsFieldHistoryTracked FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Contact' AND QualifiedApiName IN ('Note__c','Summary__c','Name') ORDER BY QualifiedApiName`
  const { body } = await query(soql)
  expect(body.records.map((row) => [row.QualifiedApiName, row.IsFieldHistoryTracked])).toEqual([
    ['Name', false],
    ['Note__c', false],
    ['Summary__c', true],
  ])
})
