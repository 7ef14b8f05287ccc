import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { WriteRow } from '../../../src/crm/index.ts'
import { salesforceOn, startOrg } from '../../contract/salesforce-account.ts'

const org = await startOrg()
afterAll(() => org.close())
beforeEach(() => void org.configure({ flows: [] }))

const crm = salesforceOn(org, { deadlineMs: 5_000 })
const create = () => org.createRecords('Contact', [{ values: { LastName: 'Test' } }])[0] ?? ''
const note = (externalId: string, Note__c = 'new'): WriteRow => ({ externalId, values: { Note__c } })

describe('what the org makes of a value', () => {
  test('before it is saved is told as what landed', async () => {
    org.configure({ flows: [{ object: 'Contact', field: 'Note__c', kind: 'uppercase', when: 'before' }] })
    const id = create()
    expect(await crm.write('Contact', [note(id)])).toMatchObject([{ outcome: 'written', values: { Note__c: 'NEW' } }])
  })

  test('after it was saved, in another name, is told as what landed where it only reformats', async () => {
    org.configure({ flows: [{ object: 'Contact', field: 'Note__c', kind: 'uppercase', when: 'after' }] })
    const id = create()
    expect(await crm.write('Contact', [note(id)])).toMatchObject([{ outcome: 'written', values: { Note__c: 'NEW' } }])
    const history = (await crm.history('Contact', [id], ['Note__c'])).get(id)?.Note__c
    expect(history).toMatchObject([
      { value: 'NEW', author: 'automation' },
      { value: 'new', author: 'us' },
    ])
  })

  test.each(['person', 'workflow'] as const)('and what a %s sets right after us is not taken for ours', async (as) => {
    const id = create()
    const beforeReadBack: typeof fetch = async (url, init) => {
      const answer = await fetch(url, init)
      if (init?.method === 'PATCH') org.edit({ object: 'Contact', id, values: { Note__c: 'typed' }, as })
      return answer
    }
    const [outcome] = await salesforceOn(org, { fetch: beforeReadBack }).write('Contact', [note(id)])
    expect(outcome).toMatchObject({ outcome: 'written', values: { Note__c: 'new' } })
    const held = (await crm.read('Contact', [id], ['Note__c'])).get(id)?.values
    expect(held).toEqual({ Note__c: 'typed' })
  })

  test('cannot be told where it cannot be read back, and the row is written all the same', async () => {
    const id = create()
    org.addFault({ operation: 'collections.retrieve', kind: 'request_limit' })
    expect(await crm.write('Contact', [note(id, ' new ')])).toMatchObject([
      { outcome: 'written', values: { Note__c: ' new ' } },
    ])
  })
})
