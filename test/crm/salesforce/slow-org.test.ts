import { afterAll, describe, expect, test } from 'vitest'
import { paceAfter, type WritePace } from '../../../src/crm/salesforce/write-pace.ts'
import { inBackground } from '../../../src/limits/index.ts'
import { salesforceOn, startOrg } from '../../contract/salesforce-account.ts'
import { createTestDatabase } from '../../support/database.ts'

const { db } = await createTestDatabase()
const org = await startOrg()
afterAll(() => org.close())
const problemOf = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error)

function people(count: number, accounts: (string | null)[] = [null]) {
  const accountOf = (place: number) => accounts[place % accounts.length] ?? null
  const seeds = Array.from({ length: count }, (_, place) => ({
    values: { LastName: 'Test', AccountId: accountOf(place) },
  }))
  return org.createRecords('Contact', seeds).map((externalId, place) => {
    return { externalId, parentId: accountOf(place), values: { Note__c: 'new' } }
  })
}

type Update = { rows: { id: string }[]; parents: Set<string | null> }

/** `fetch`, which notes the updates that are under way and what they have in common. */
function watching(parentOf: Map<string, string | null>) {
  const underWay = new Set<Update>()
  const seen = { sizes: [] as number[], most: 0, shared: 0 }
  const watched: typeof fetch = async (input, init) => {
    if (init?.method !== 'PATCH') return await fetch(input, init)
    const { records }: { records: { Id?: string; id?: string }[] } = JSON.parse(String(init.body))
    const rows = records.map(({ Id, id }) => ({ id: Id ?? id ?? '' }))
    const update = {
      rows,
      parents: new Set(rows.map(({ id }) => parentOf.get(id) ?? null).filter((id) => id !== null)),
    }
    for (const each of underWay) if ([...update.parents].some((id) => each.parents.has(id))) seen.shared += 1
    underWay.add(update)
    seen.sizes.push(rows.length)
    seen.most = Math.max(seen.most, underWay.size)
    try {
      return await fetch(input, init)
    } finally {
      underWay.delete(update)
    }
  }
  return { seen, watched }
}

const fresh: WritePace = { rowsAtOnce: 200, chunksAtOnce: 2, msPerRow: 0 }

describe('what a call tells', () => {
  test.each([
    ['a quick org', 1, 200],
    ['50 ms a row', 50, 200],
    ['100 ms a row', 100, 147],
    ['a second a row', 1_000, 14],
    ['a minute a row', 60_000, 1],
  ])('of %s: no call is to take longer than 15 s', (_, msPerRow, rows) => {
    expect(paceAfter(fresh, { rows: 200, ms: 250 + 200 * msPerRow, isCrowded: false }).rowsAtOnce).toBe(rows)
  })

  test('of locks: ever smaller company, and half as many calls at once', () => {
    let pace: WritePace = { ...fresh, chunksAtOnce: 8 }
    const sizes = Array.from({ length: 4 }, () => {
      pace = paceAfter(pace, { rows: pace.rowsAtOnce, ms: 300, isCrowded: true })
      return [pace.rowsAtOnce, pace.chunksAtOnce]
    })
    expect(sizes).toEqual([
      [50, 4],
      [10, 2],
      [1, 1],
      [1, 1],
    ])
    for (let call = 0; call < 200; call++) pace = paceAfter(pace, { rows: pace.rowsAtOnce, ms: 300, isCrowded: false })
    expect(pace).toMatchObject({ rowsAtOnce: 200, chunksAtOnce: 10 })
  })
})

test('a slow org is written to in calls that stay short, which the next writer knows from the start', async () => {
  const rows = people(600)
  org.configure({ msPerRow: 4 })
  const { seen, watched } = watching(new Map())
  const options = { db, fetch: watched, longestCallMs: 450, deadlineMs: 10_000, connection: 'slow' }
  const outcomes = await salesforceOn(org, options).write('Contact', rows)
  expect(outcomes.every(({ outcome }) => outcome === 'written')).toBe(true)
  expect(seen.sizes.slice(0, 2)).toEqual([200, 200])
  expect(Math.max(...seen.sizes.slice(2)), '0.2 s, at 2.75 ms a row or a little less').toBeLessThan(100)
  expect(seen.most).toBeLessThanOrEqual(4)
  seen.sizes.length = 0
  await salesforceOn(org, options).write('Contact', rows.slice(0, 160))
  org.configure({ msPerRow: 0 })
  expect(Math.max(...seen.sizes)).toBeLessThan(160)
})

test('calls go side by side, but never two with children of one account', async () => {
  const accounts = org.createRecords('Account', [
    { values: { Name: 'A' } },
    { values: { Name: 'B' } },
    { values: { Name: 'C' } },
  ])
  const rows = people(750, accounts)
  org.configure({ msPerRow: 1 })
  const { seen, watched } = watching(new Map(rows.map(({ externalId, parentId }) => [externalId, parentId])))
  const crm = salesforceOn(org, { fetch: watched, deadlineMs: 10_000 })
  const outcomes = await crm.write('Contact', rows)
  org.configure({ msPerRow: 0 })
  expect(outcomes.every(({ outcome }) => outcome === 'written')).toBe(true)
  expect(seen).toMatchObject({ sizes: [200, 200, 50, 50, 200, 50], most: 2, shared: 0 })
})

test('background work leaves half of the calls that were left, and goes on when calls have come back', async () => {
  const [row] = people(1)
  const at = { now: Date.parse('2026-11-26T12:00:00Z') }
  const calls = () => Object.values(org.requests().operations).reduce((sum, each) => sum + (each?.calls ?? 0), 0)
  org.configure({ dailyLimit: 100_000 })
  const crm = salesforceOn(org, { db, connection: 'day', dayPercent: 1, now: () => new Date(at.now) })
  const read = () => crm.read('Contact', [row?.externalId ?? ''], [])
  await read()
  org.configure({ dailyLimit: 100 })
  await problemOf(read())
  const before = calls()
  expect(await problemOf(inBackground(read))).toMatchObject({
    code: 'crm.daily_limit',
    retryAfterMs: 900_000,
    message: expect.stringContaining('are kept for its other apps'),
  })
  expect(calls()).toBe(before)
  org.configure({ dailyLimit: 100_000 })
  expect(await problemOf(read()), 'what a person asks for').toBeUndefined()
  at.now += 900_001
  expect(await problemOf(inBackground(read))).toBeUndefined()
})
