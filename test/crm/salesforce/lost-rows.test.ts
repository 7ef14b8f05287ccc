import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { WriteRow } from '../../../src/crm/index.ts'
import { salesforceOn, startOrg } from '../../contract/salesforce-account.ts'
import { contactId, ourId, record, savedAll, startScriptedOrg } from './scripted-org.ts'

const org = await startOrg()
afterAll(() => org.close())
beforeEach(() => void org.configure({ flows: [] }))

const crm = salesforceOn(org)
const create = (count: number) =>
  org.createRecords(
    'Contact',
    Array.from({ length: count }, () => ({ values: { LastName: 'Test' }, at: '2026-11-20T09:00:00Z' })),
  )
const note = (externalId: string, Note__c = 'new'): WriteRow => ({ externalId, values: { Note__c } })
const held = async (id: string) => (await crm.read('Contact', [id], ['Note__c'])).get(id)?.values.Note__c
const merge = (winnerId: string, loserId: string) => org.merge({ object: 'Contact', winnerId, loserId })
const noCalls = () => ({ read: 0, history: 0, write: 0 })
const updateFault = { operation: 'collections.update', times: 1 } as const

describe('a write whose answer is lost', () => {
  test.each(['after_commit', 'cut', 'hang_after_commit'] as const)(
    '(%s) and whose value a flow has changed is known by who changed the record, and not sent twice',
    async (kind) => {
      org.configure({ flows: [{ object: 'Contact', field: 'Note__c', kind: 'uppercase', when: 'before' }] })
      const [id = ''] = create(1)
      const changedAt = (await crm.read('Contact', [id], [])).get(id)?.changedAt ?? null
      org.addFault({ ...updateFault, kind })
      const counts = noCalls()
      const [outcome] = await crm.write('Contact', [{ ...note(id), changedAt }], counts)
      expect(outcome).toMatchObject({ outcome: 'written', values: { Note__c: 'NEW' } })
      expect(counts).toMatchObject({ write: 1, read: 1 })
    },
  )

  test('and that somebody has changed since is not taken for ours: it is sent again', async () => {
    const [id = ''] = create(1)
    const changedAt = (await crm.read('Contact', [id], [])).get(id)?.changedAt ?? null
    org.edit({ object: 'Contact', id, values: { Note__c: 'typed' }, as: 'person' })
    org.addFault({ ...updateFault, kind: 'status', status: 503 })
    const counts = noCalls()
    expect(await crm.write('Contact', [{ ...note(id), changedAt }], counts)).toMatchObject([{ outcome: 'written' }])
    expect(counts.write).toBe(2)
  })

  test('is not taken for written because of an earlier change by us', async () => {
    const [id = ''] = create(1)
    await crm.write('Contact', [note(id, 'earlier')])
    const changedAt = (await crm.read('Contact', [id], [])).get(id)?.changedAt ?? null
    org.addFault({ ...updateFault, kind: 'status', status: 503 })
    expect(await crm.write('Contact', [{ ...note(id), changedAt }])).toMatchObject([{ outcome: 'written' }])
    expect(await held(id)).toBe('new')
  })

  test('in part is read for the rows it does not answer', async () => {
    const server = await startScriptedOrg((ask, same) => {
      if (ask.call === 'update' && same === 1) return { body: [{ id: contactId(1), success: true, errors: [] }] }
      return ask.call === 'update' ? savedAll(ask) : undefined
    })
    const outcomes = await salesforceOn(server).write(
      'Contact',
      [1, 2, 3].map((serial) => note(contactId(serial))),
    )
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['written', 'written', 'written'])
    const sent = server.asked.filter(({ call }) => call === 'update').map(({ rows }) => rows.map(({ id }) => id))
    expect(sent).toEqual([[1, 2, 3].map(contactId), [2, 3].map(contactId)])
  })

  test('of a record that is gone meanwhile is missing', async () => {
    const server = await startScriptedOrg(({ call, ids }) => {
      if (call === 'update') return { status: 503, body: '' }
      return call === 'retrieve' ? { body: ids.map(() => null) } : undefined
    })
    expect(await salesforceOn(server).write('Contact', [note(contactId(1))])).toMatchObject([{ outcome: 'missing' }])
    expect(server.count('update')).toBe(1)
  })
})

describe('a record that is no more', () => {
  test('because it was deleted is missing, and written again once it is back', async () => {
    const [id = '', other = ''] = create(2)
    org.remove({ object: 'Contact', id })
    const rows = [note(id), note(other)]
    expect(await crm.write('Contact', rows)).toMatchObject([{ outcome: 'missing' }, { outcome: 'written' }])
    org.undelete({ object: 'Contact', id })
    expect(await crm.write('Contact', rows)).toMatchObject([{ outcome: 'written' }, { outcome: 'written' }])
  })

  test('because it is none is missing, whatever the text', async () => {
    const ids = [
      '51',
      '003Sb0000000007AAA',
      '',
      "x' OR Id != '",
      '001Sb0000000001IAA',
      '003000000099999AAA',
      contactId(7),
    ]
    expect((await crm.read('Contact', ids, [])).size).toBe(0)
    const outcomes = await crm.write(
      'Contact',
      ids.filter((id) => id !== '').map((id) => note(id)),
    )
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(6).fill('missing'))
  })

  test('because the lead was converted is missing, in a read as in a write', async () => {
    org.defineFields('Lead', [{ name: 'Note__c', kind: 'text' }])
    const [id = ''] = org.createRecords('Lead', [{ values: { LastName: 'Test', Company: 'Acme' } }])
    expect(await crm.write('Lead', [note(id)])).toMatchObject([{ outcome: 'written' }])
    org.convertLead({ id })
    expect(await crm.write('Lead', [note(id)])).toMatchObject([
      { outcome: 'missing', reason: expect.stringContaining('CONVERTED') },
    ])
    expect((await crm.read('Lead', [id], [])).size).toBe(0)
  })
})

describe('a record that was merged', () => {
  test('and merged again is written where it lives now', async () => {
    const [last = '', middle = '', first = ''] = create(3)
    merge(middle, first)
    merge(last, middle)
    expect(await crm.write('Contact', [note(first)])).toMatchObject([
      { externalId: first, outcome: 'written', values: { Note__c: 'new' } },
    ])
    expect((await crm.read('Contact', [first], ['Note__c'])).get(first)).toMatchObject({ externalId: last })
    expect(await held(last)).toBe('new')
  })

  test('takes what was meant for its old ids, but not over what was meant for itself', async () => {
    const [winner = '', one = '', other = ''] = create(3)
    merge(winner, one)
    merge(winner, other)
    const rows: WriteRow[] = [
      { externalId: one, values: { Note__c: 'one', Score__c: '1' } },
      { externalId: winner, values: { Note__c: 'winner' } },
      { externalId: other, values: { Note__c: 'other', Met_On__c: '2026-11-21' } },
    ]
    const outcomes = await crm.write('Contact', rows)
    expect(outcomes.map(({ outcome, values }) => [outcome, values])).toEqual([
      ['written', { Score__c: '1' }],
      ['written', { Note__c: 'winner' }],
      ['written', { Met_On__c: '2026-11-21' }],
    ])
    const { values } = (await crm.read('Contact', [winner], ['Note__c', 'Score__c', 'Met_On__c'])).get(winner) ?? {}
    expect(values).toEqual({ Note__c: 'winner', Score__c: '1', Met_On__c: '2026-11-21' })
  })

  test('and is locked there is tried again, and told under the id it was asked for', async () => {
    const [winner = '', loser = '', other = ''] = create(3)
    merge(winner, loser)
    merge(winner, other)
    org.addFault({ operation: 'collections.update', kind: 'lock', recordId: winner, times: 3 })
    const outcomes = await crm.write('Contact', [note(loser, 'a'), note(other, 'b')])
    expect(outcomes).toMatchObject([
      { externalId: loser, outcome: 'written' },
      { externalId: other, outcome: 'written' },
    ])
    expect(await held(winner)).toMatch(/^[ab]$/)
  })

  test('but where cannot be found out now, is later and not missing', async () => {
    const [winner = '', loser = ''] = create(2)
    merge(winner, loser)
    org.addFault({ operation: 'query_all', kind: 'status', status: 503, times: 4 })
    expect(await crm.write('Contact', [note(loser)])).toMatchObject([{ outcome: 'later', values: {} }])
    expect(await crm.write('Contact', [note(loser)])).toMatchObject([{ outcome: 'written' }])
  })

  test('into one that we changed just now is not taken for written when the answer is lost', async () => {
    const [winner, loser] = [contactId(1), contactId(2)]
    let isDone = false
    const server = await startScriptedOrg((ask, same) => {
      const gone = { statusCode: 'ENTITY_IS_DELETED', message: 'entity is deleted', fields: [] }
      if (ask.call === 'update' && same === 1) return { body: [{ success: false, errors: [gone] }] }
      if (ask.call === 'update' && same === 2) return { status: 503, body: '' }
      if (ask.call === 'update') isDone = true
      const ours = { LastModifiedById: ourId, LastModifiedDate: '2026-11-21T09:00:00.000+0000' }
      if (ask.call === 'retrieve')
        return {
          body: ask.ids.map((id) => (id === loser ? null : record(id, { ...ours, Note__c: isDone ? 'new' : 'old' }))),
        }
      if (ask.soql.includes('MasterRecordId'))
        return { body: { done: true, records: [{ Id: loser, MasterRecordId: winner }] } }
      return undefined
    })
    const changedAt = new Date('2026-11-20T09:00:00Z')
    expect(await salesforceOn(server).write('Contact', [{ ...note(loser), changedAt }])).toMatchObject([
      { externalId: loser, outcome: 'written' },
    ])
    expect(server.count('update')).toBe(3)
  })
})

test('both spellings of an id in one call are one write, and the later value wins', async () => {
  const [id = ''] = create(1)
  const counts = noCalls()
  const rows = [
    note(id.slice(0, 15), 'first'),
    { externalId: id, values: { Score__c: '1' } },
    note(id.slice(0, 15), 'last'),
  ]
  expect(await crm.write('Contact', rows, counts)).toMatchObject([
    { externalId: id.slice(0, 15), outcome: 'written', values: { Note__c: 'last' } },
    { externalId: id, outcome: 'written', values: { Score__c: '1' } },
    { externalId: id.slice(0, 15), outcome: 'written', values: { Note__c: 'last' } },
  ])
  expect(counts).toMatchObject({ write: 1, read: 1 })
  const found = await crm.read('Contact', [id, id.slice(0, 15)], ['Note__c'])
  expect([...found].map(([asked, { externalId }]) => [asked, externalId])).toEqual([
    [id, id],
    [id.slice(0, 15), id.slice(0, 15)],
  ])
})
