import { afterAll, describe, expect, test } from 'vitest'
import { salesforceOn, startOrg } from '../../contract/salesforce-account.ts'
import { type Asked, contactId, type ScriptedOrg, savedAll, startScriptedOrg } from './scripted-org.ts'

const org = await startOrg()
afterAll(() => org.close())

const updates = ({ asked }: ScriptedOrg) => asked.filter(({ call }) => call === 'update')
const sizes = (server: ScriptedOrg) => updates(server).map(({ rows }) => rows.length)
const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, place) => ({ externalId: contactId(place + 1), values: { Note__c: 'x' } }))
/** Typical words, from docs (crm.md 4.2). */
const LOCK = {
  statusCode: 'UNABLE_TO_LOCK_ROW',
  message: 'unable to obtain exclusive access to this record',
  fields: [],
}
const TRIGGER_LOCK = {
  statusCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  message: 'T: execution of AfterUpdate caused by: System.DmlException: UNABLE_TO_LOCK_ROW, unable to obtain …',
  fields: [],
}
const TRIGGER_LIMIT = {
  statusCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  message: 'T: System.LimitException: Too many SOQL queries: 101',
  fields: [],
}
const failedAll = ({ rows }: Asked, error: object) => ({ body: rows.map(() => ({ success: false, errors: [error] })) })

function contactsOf(account: string, count: number): string[] {
  return org.createRecords(
    'Contact',
    Array.from({ length: count }, () => ({ values: { LastName: 'Test', AccountId: account } })),
  )
}

describe('a lock', () => {
  test('that two writers on children of one account get from each other delays both, and stops none', async () => {
    const [account = ''] = org.createRecords('Account', [{ values: { Name: 'Acme' } }])
    const [mine, theirs] = [contactsOf(account, 30), contactsOf(account, 30)]
    org.configure({ msPerRow: 1 })
    const write = (ids: string[], Note__c: string) =>
      salesforceOn(org, { lockDelayMs: 20, deadlineMs: 2_000 }).write(
        'Contact',
        ids.map((externalId) => ({ externalId, parentId: account, values: { Note__c } })),
      )
    const outcomes = (await Promise.all([write(mine, 'mine'), write(theirs, 'theirs')])).flat()
    org.configure({ msPerRow: 0 })
    expect(outcomes.every(({ outcome }) => outcome === 'written')).toBe(true)
    const { byStatus } = org.requests().operations['collections.update'] ?? {}
    expect(byStatus?.['200'], 'they did meet').toBeGreaterThan(2)
    const held = await salesforceOn(org).read('Contact', [...mine, ...theirs], ['Note__c'])
    expect(mine.every((id) => held.get(id)?.values.Note__c === 'mine')).toBe(true)
    expect(theirs.every((id) => held.get(id)?.values.Note__c === 'theirs')).toBe(true)
  })

  test.each([
    ['of theirs', LOCK],
    ['that a trigger ran into', TRIGGER_LOCK],
  ])('%s is tried again after all other rows, in ever smaller chunks', async (_, error) => {
    const server = await startScriptedOrg((ask) =>
      ask.call === 'update' && ask.rows.length > 10 && ask.rows.some(({ id }) => id === contactId(1))
        ? failedAll(ask, error)
        : undefined,
    )
    const outcomes = await salesforceOn(server, { deadlineMs: 5_000 }).write('Contact', rowsOf(320))
    expect(outcomes.every(({ outcome }) => outcome === 'written')).toBe(true)
    expect(sizes(server)).toEqual([200, 120, 50, 50, 50, 50, 10, 10, 10, 10, 10])
  })

  test('a trigger that is too much for its own limits is given fewer rows', async () => {
    const server = await startScriptedOrg((ask) =>
      ask.call === 'update' && ask.rows.length > 1 ? failedAll(ask, TRIGGER_LIMIT) : undefined,
    )
    const outcomes = await salesforceOn(server, { deadlineMs: 5_000 }).write('Contact', rowsOf(12))
    expect(outcomes.every(({ outcome }) => outcome === 'written')).toBe(true)
    expect(sizes(server)).toEqual([12, 12, 10, 2, ...Array(12).fill(1)])
  })

  test('that never ends leaves its row for later, and the others written', async () => {
    const [one = '', other = ''] = org.createRecords('Contact', [
      { values: { LastName: 'One' } },
      { values: { LastName: 'Other' } },
    ])
    org.addFault({ operation: 'collections.update', kind: 'lock', recordId: one, times: 5 })
    const counts = { read: 0, history: 0, write: 0 }
    const rows = [one, other].map((externalId) => ({ externalId, values: { Note__c: 'x' } }))
    expect(await salesforceOn(org).write('Contact', rows, counts)).toMatchObject([
      { externalId: one, outcome: 'later', values: {}, reason: expect.stringContaining('locked') },
      { externalId: other, outcome: 'written' },
    ])
    expect(counts.write).toBe(5)
    expect(org.state().faults).toEqual([])
  })

  test('costs no more than our patience, however many rows it keeps out', async () => {
    const server = await startScriptedOrg((ask) => (ask.call === 'update' ? failedAll(ask, LOCK) : undefined))
    const outcomes = await salesforceOn(server, { lockPatienceMs: 0, deadlineMs: 5_000 }).write('Contact', rowsOf(200))
    expect(outcomes.every(({ outcome }) => outcome === 'later')).toBe(true)
    expect(sizes(server)).toEqual([200])
  })
})

test('rows of one account go side by side, and outcomes come in the order they were asked for', async () => {
  const server = await startScriptedOrg((ask) => (ask.call === 'update' ? savedAll(ask) : undefined))
  const parents = ['001Sb0000000002IAA', '001Sb0000000001IAA', null]
  const rows = rowsOf(300).map((row, place) => ({ ...row, parentId: parents[place % 3] ?? null }))
  const outcomes = await salesforceOn(server, { deadlineMs: 5_000 }).write('Contact', rows)
  expect(outcomes.map(({ externalId }) => externalId)).toEqual(rows.map(({ externalId }) => externalId))
  const parentOf = new Map(rows.map(({ externalId, parentId }) => [externalId, parentId]))
  const sent = updates(server).flatMap((ask) => ask.rows.map(({ id }) => parentOf.get(String(id)) ?? null))
  expect(sent).toEqual([parents[1], parents[0], parents[2]].flatMap((parent) => Array(100).fill(parent ?? null)))
})
