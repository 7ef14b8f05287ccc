import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { batchFaultContract } from './batch-fault-contract.ts'
import { hubspotAccount, startPortal } from './hubspot-account.ts'

const { db } = await createTestDatabase()
const portal = await startPortal()
afterAll(() => portal.close())
const account = hubspotAccount(portal, db)
portal.configure({ partialSuccess: false })

describe('where HubSpot refuses whole batches for one bad row', () => {
  batchFaultContract(() => account, ['error', 'cut_after'])

  test('one that conflicts with another record (409) fails alone, with its code', async () => {
    const { crm, object, create } = account
    await create([{ email: 'held@example.com' }])
    const ids = await create(Array.from({ length: 20 }, () => ({})))
    const rows = ids.map((externalId, place) => {
      return { externalId, values: { note: 'n', ...(place === 13 && { email: 'held@example.com' }) } }
    })
    const outcomes = await crm.write(object, rows)
    const rejected = outcomes.filter(({ outcome }) => outcome !== 'written')
    expect(rejected).toMatchObject([{ externalId: ids[13], outcome: 'rejected', code: 'CONFLICT' }])
  })

  test('a bad row of a hundred costs at most seven levels of halves', async () => {
    const { crm, object, create } = account
    const ids = await create(Array.from({ length: 100 }, () => ({})))
    const rows = ids.map((externalId, place) => ({ externalId, values: { mood: place === 57 ? 'bad' : 'pos' } }))
    const counts = { read: 0, history: 0, write: 0 }
    const outcomes = await crm.write(object, rows, counts)
    expect(outcomes.filter(({ outcome }) => outcome === 'written')).toHaveLength(99)
    expect(counts.write).toBeLessThanOrEqual(1 + 2 * 7)
  })
})
