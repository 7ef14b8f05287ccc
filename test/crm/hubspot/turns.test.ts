import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { openTurns } from '../../../src/crm/hubspot/turns.ts'
import { closeDb, connect } from '../../../src/db/index.ts'
import { dayHold, inBackground, standingHold } from '../../../src/limits/index.ts'
import { startHubspotSandbox } from '../../../src/sandbox/hubspot/index.ts'
import { hubspotOn as adapterOn } from '../../contract/hubspot-account.ts'
import { silent } from '../../contract/salesforce-account.ts'
import { createTestDatabase } from '../../support/database.ts'
import { startScripted, wireRecord } from './scripted-server.ts'

const { db, url } = await createTestDatabase()
const other = connect(url)
afterAll(() => closeDb(other))
const problemOf = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error)
const token = 'sandbox-hubspot'
const hubspotOn: typeof adapterOn = (sandbox, database, changes) => adapterOn(sandbox, database, { token, ...changes })

async function startPortal(options: Parameters<typeof startHubspotSandbox>[0] = {}) {
  const portal = await startHubspotSandbox({ rateScale: 100, searchLagMs: 0, ...options })
  onTestFinished(() => portal.close())
  const refused = () =>
    Object.values(portal.requests().operations).reduce((sum, { byStatus }) => sum + (byStatus[429] ?? 0), 0)
  const asked = () => Object.values(portal.requests().operations).reduce((sum, { calls }) => sum + calls, 0)
  return { portal, refused, asked }
}

const answering = (headers: Record<string, string> = {}) =>
  startScripted(({ ids }) => ({
    body: { results: ids.map((id) => wireRecord(id)) },
    headers: { 'content-type': 'application/json', ...headers },
  }))

describe('the burst', () => {
  test('of one connection is shared by processes: none is refused, however many ask', { timeout: 40_000 }, async () => {
    const { portal, refused } = await startPortal({ rateScale: 0.2 })
    const [id = ''] = portal.createContacts([{ properties: {} }])
    const shared = { connection: 'shared', rate: { perTenSeconds: 38 }, deadlineMs: 10_000 }
    const processes = [db, other].map((each) => hubspotOn(portal, each, shared))
    const reads = processes.flatMap((crm) =>
      Array.from({ length: 21 }, () => inBackground(() => crm.read('contacts', [id], []))),
    )
    await Promise.all(reads)
    expect(refused()).toBe(0)
    expect(portal.requests().operations['contacts.batch_read']?.calls).toBe(42)
  })

  test('leaves the other apps of the account their share', async () => {
    const server = await answering()
    const crm = hubspotOn(server, db, { rate: { perTenSeconds: 200 }, othersPercent: 90 })
    const started = performance.now()
    for (let call = 0; call < 13; call++) await crm.read('contacts', ['1'], [])
    expect(performance.now() - started, '10 at once, then one a second').toBeGreaterThan(2_500)
  })

  test('is there at once for what a person waits for, while background work stands in line', async () => {
    const server = await answering()
    const crm = hubspotOn(server, db, { rate: { perTenSeconds: 30 } })
    const work = Promise.all(Array.from({ length: 12 }, () => inBackground(() => crm.read('contacts', ['1'], []))))
    await sleep(500)
    const started = performance.now()
    await crm.read('contacts', ['2'], [])
    expect(performance.now() - started).toBeLessThan(450)
    expect(server.asked.filter(({ ids }) => ids[0] === '1').length).toBeLessThan(9)
    await work
  })
})

test('searches of two processes stay below five a second', { timeout: 20_000 }, async () => {
  const { portal, refused } = await startPortal({ rateScale: 1 })
  const options = { connection: 'searching', rate: { perTenSeconds: 190 }, timeZone: () => 'UTC' }
  const search = async (turns: ReturnType<typeof openTurns>) => {
    await turns.take('search')
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const body = JSON.stringify({ filterGroups: [], properties: [], limit: 1 })
    await (await fetch(`${portal.url}/crm/v3/objects/contacts/search`, { method: 'POST', headers, body })).text()
  }
  const processes = [db, other].map((each) => openTurns({ db: each, log: silent }, options))
  await Promise.all(processes.flatMap((turns) => Array.from({ length: 8 }, () => search(turns))))
  expect(portal.requests().operations['contacts.search']?.calls).toBe(16)
  expect(refused()).toBe(0)
})

describe('the day', () => {
  const evening = Date.parse('2026-11-26T22:00:00Z')
  const midnight = new Date('2026-11-27T05:01:00Z')

  test('is left to others in part, and is over for all at its end; the next one begins by itself', async () => {
    let at = evening
    const { portal, asked } = await startPortal({ dailyLimit: 40, clock: () => at })
    const [id = ''] = portal.createContacts([{ properties: {} }])
    const now = () => new Date(at)
    const options = { connection: 'a_day', othersPercent: 25, timeZone: 'America/New_York', now }
    const [crm, elsewhere] = [hubspotOn(portal, db, options), hubspotOn(portal, other, options)]
    const read = (by = crm) => by.read('contacts', [id], [])
    const readInBackground = (by = crm) => inBackground(() => read(by))

    let made = 0
    while ((await problemOf(readInBackground())) === undefined) made += 1
    expect(made).toBeGreaterThanOrEqual(29)
    expect(made).toBeLessThanOrEqual(31)
    const before = asked()
    expect(await problemOf(readInBackground(elsewhere))).toMatchObject({
      code: 'crm.daily_limit',
      retryAfterMs: midnight.getTime() - evening,
      message: expect.stringMatching(/a_day for today are left, and 10 are kept for its other apps/),
    })
    expect(asked()).toBe(before)
    const hold = await standingHold({ db, now, paces: new Map() }, 'a_day')
    expect(hold).toEqual({ until: midnight, why: expect.stringMatching(/of 40 calls of a_day for today are left/) })

    while ((await problemOf(read())) === undefined);
    expect(await dayHold({ db, now }, 'a_day')).toMatchObject({ isUsedUp: true, until: midnight })
    expect(asked()).toBeLessThanOrEqual(41)

    at = midnight.getTime()
    expect(await dayHold({ db, now }, 'a_day')).toBeNull()
    expect(await problemOf(readInBackground(elsewhere))).toBeUndefined()
  })

  test('that no header tells of is counted, by all processes together', async () => {
    const server = await answering()
    const now = () => new Date(evening)
    const options = { connection: 'untold', perDay: 10, othersPercent: 20, now }
    const processes = [db, other].map((each) => hubspotOn(server, each, options))
    for (let call = 0; call < 14; call++)
      await problemOf(inBackground(async () => processes[call % 2]?.read('contacts', ['1'], [])))
    expect(server.asked).toHaveLength(7)
  })

  test('that HubSpot says is used up costs one call, and holds everybody', async () => {
    const { portal, asked } = await startPortal()
    const options = { connection: 'refused' }
    portal.addFault({ operation: '*', kind: 'throttle_daily' })
    expect(await problemOf(hubspotOn(portal, db, options).read('contacts', ['1'], []))).toMatchObject({
      code: 'crm.daily_limit',
    })
    expect(await problemOf(hubspotOn(portal, other, options).read('contacts', ['1'], []))).toMatchObject({
      code: 'crm.daily_limit',
    })
    expect(asked()).toBe(1)
  })
})

test.each([
  [
    'ten seconds',
    { policyName: 'TEN_SECONDLY_ROLLING', message: 'You have reached your ten_secondly_rolling limit.' },
    1_990,
  ],
  ['a second, of which nothing but the words tells', { message: 'You have reached your secondly limit.' }, 990],
])('a refusal for the limit of %s keeps everybody still', async (_, body, atLeastMs) => {
  const server = await startScripted((_asked, call) => (call === 1 ? { status: 429, body } : { body: { results: [] } }))
  const options = { connection: `still ${atLeastMs}` }
  const crm = hubspotOn(server, db, options)
  const started = performance.now()
  const first = crm.read('contacts', ['1'], [])
  await sleep(300)
  await hubspotOn(server, other, options).read('contacts', ['2'], [])
  expect(performance.now() - started).toBeGreaterThanOrEqual(atLeastMs)
  await first
})
