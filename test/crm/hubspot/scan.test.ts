import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createHubspot } from '../../../src/crm/hubspot/adapter.ts'
import { createLog } from '../../../src/log.ts'
import { startHubspotSandbox } from '../../../src/sandbox/hubspot/index.ts'
import { createTestDatabase } from '../../support/database.ts'

const { db } = await createTestDatabase()
const sandbox = await startHubspotSandbox({ rateScale: 100 })
afterAll(() => sandbox.close())
beforeEach(() => {
  sandbox.reset()
  sandbox.configure({ searchLagMs: 0, rateScale: 100 })
})
const crm = createHubspot(
  { db, log: createLog('silent') },
  { connection: 'scan', token: 'sandbox-hubspot', baseUrl: sandbox.url, rate: { perTenSeconds: 10_000 } },
)
const longAgo = '2025-01-15T09:00:00Z'

const create = (count: number, at?: string) =>
  sandbox.createContacts(
    Array.from({ length: count }, (_, place) => ({ properties: { firstname: `No ${place}` }, ...(at && { at }) })),
  )

/** Every page behind a cursor, and the cursor of the next scan. */
async function scanAll(after: string | null, between: (page: number) => void = () => {}) {
  const pages: string[][] = []
  let seenTo: string | null = null
  do {
    const page: Awaited<ReturnType<typeof crm.scan>> = await crm.scan('contacts', ['firstname'], after)
    pages.push(page.records.map(({ externalId }) => externalId))
    after = page.next
    seenTo = page.seenTo
    between(pages.length)
  } while (after !== null)
  return { pages, seenTo }
}

describe('a scan', () => {
  test('of all goes by the list; the next one reads by search what has changed since', async () => {
    const ids = create(250, longAgo)
    const whole = await scanAll(null)
    expect(whole.pages.map(({ length }) => length)).toEqual([100, 100, 50])
    expect(sandbox.requests().operations['contacts.search']).toBeUndefined()
    sandbox.edit({ id: ids[7] ?? '', properties: { firstname: 'New' }, as: 'person' })
    const changes = await scanAll(whole.seenTo)
    expect(changes.pages).toEqual([[ids[7]]])
    expect((await crm.scan('contacts', ['firstname'], changes.seenTo)).records[0]?.values).toEqual({ firstname: 'New' })
  })

  test('of more changes than a page has goes on by id, whatever changes meanwhile', async () => {
    const { seenTo } = await scanAll(null)
    const ids = create(450)
    const { pages } = await scanAll(seenTo, (page) => {
      if (page === 1) sandbox.edit({ id: ids[3] ?? '', properties: { firstname: 'Again' }, as: 'person' })
    })
    expect(pages.map(({ length }) => length)).toEqual([200, 200, 50])
    expect(pages.flat().sort()).toEqual(ids.sort())
  })

  test('finds later what the index did not have yet', async () => {
    const { seenTo } = await scanAll(null)
    sandbox.configure({ searchLagMs: 60_000 })
    const [id] = create(1)
    const changes = await scanAll(seenTo)
    expect(changes.pages).toEqual([[]])
    sandbox.configure({ searchLagMs: 0 })
    expect((await scanAll(changes.seenTo)).pages).toEqual([[id]])
  })

  test('asks with many fields in no longer a body than a search takes', async () => {
    const { seenTo } = await scanAll(null)
    create(1)
    const fields = Array.from({ length: 150 }, (_, place) => `a_rather_long_property_name_${place}`)
    expect((await crm.scan('contacts', fields, seenTo)).records).toHaveLength(1)
  })

  test('tells nothing of who is archived, in neither way', async () => {
    const { seenTo } = await scanAll(null)
    const [id = ''] = create(2)
    sandbox.archive({ id })
    expect((await scanAll(seenTo)).pages.flat()).not.toContain(id)
    expect((await scanAll(null)).pages.flat()).not.toContain(id)
    expect((await crm.read('contacts', [id], [])).size).toBe(0)
  })

  test.each(['', 'x', 'changed', 'changed yesterday'])(
    'behind a cursor that cannot be read (%j) stops',
    async (cursor) => {
      await expect(crm.scan('contacts', [], cursor)).rejects.toMatchObject({ code: 'crm.refused', recovery: 'stop' })
    },
  )
})

test('searches go four a second at most, all processes together, and beside the other calls', async () => {
  const other = createHubspot(
    { db, log: createLog('silent') },
    { connection: 'scan', token: 'sandbox-hubspot', baseUrl: sandbox.url, rate: { perTenSeconds: 10_000 } },
  )
  sandbox.configure({ rateScale: 1 })
  const key = { by: 'email', key: 'nobody@example.com' } as const
  const before = performance.now()
  await Promise.all(Array.from({ length: 9 }, (_, n) => (n % 2 ? crm : other).search?.('contacts', key, ['email'])))
  expect(performance.now() - before).toBeGreaterThan(1_900)
  expect(sandbox.requests().operations['contacts.search']?.byStatus).toEqual({ 200: 9 })
})
