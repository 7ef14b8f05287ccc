import { afterAll, describe, expect, test } from 'vitest'
import type { Log } from '../../../src/log.ts'
import { hubspotAccount, hubspotOn, startPortal } from '../../contract/hubspot-account.ts'
import { createTestDatabase } from '../../support/database.ts'
import { field } from './fields.ts'
import { startScripted, wireRecord } from './scripted-server.ts'

const { db } = await createTestDatabase()
const portal = await startPortal()
afterAll(() => portal.close())
const problemOf = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error)

describe('what the SDK would get wrong', () => {
  test('two connections keep their own token and their own pace', async () => {
    const server = await startScripted(({ ids }) => ({ body: { results: ids.map((id) => wireRecord(id)) } }))
    const slow = hubspotOn(server, db, { token: 'slow', rate: { perTenSeconds: 22 } })
    const fast = hubspotOn(server, db, { token: 'fast' })
    const twelveReads = async (crm: typeof slow) => {
      const started = performance.now()
      for (let call = 0; call < 12; call++) await crm.read('contacts', ['1'], [])
      return performance.now() - started
    }
    const [slowMs, fastMs] = await Promise.all([twelveReads(slow), twelveReads(fast)])
    expect(slowMs, '10 at once, then 1.2 a second').toBeGreaterThan(1_500)
    expect(fastMs).toBeLessThan(1_500)
    expect(server.asked.filter(({ token }) => token === 'Bearer slow')).toHaveLength(12)
    expect(server.asked.filter(({ token }) => token === 'Bearer fast')).toHaveLength(12)
  })

  test('an answer without a content type is read', async () => {
    const server = await startScripted(() => ({ body: { results: [wireRecord('1', { note: 'x' })] }, headers: {} }))
    const found = await hubspotOn(server, db).read('contacts', ['1'], ['note'])
    expect(found.get('1')?.values).toEqual({ note: 'x' })
  })

  test.each([
    ['a page of a proxy', { status: 200, body: '<html>' }],
    ['an undeclared 202', { status: 202, body: { results: [] } }],
    ['a redirect', { status: 302, body: '' }],
    ['a body of another shape', { status: 200, body: { results: null } }],
    ['a record without an id', { status: 200, body: { results: [{ properties: {} }] } }],
  ])('%s is no answer, and never a missing record', async (_, answer) => {
    const server = await startScripted(() => answer)
    const error = await problemOf(hubspotOn(server, db).read('contacts', ['1'], []))
    expect(error).toMatchObject({ code: 'crm.unreachable', recovery: 'retry' })
    expect(server.asked).toHaveLength(4)
  })

  test('a server that is not there is unreachable', async () => {
    const error = await problemOf(hubspotOn({ url: 'http://127.0.0.1:1' }, db).read('contacts', ['1'], []))
    expect(error).toMatchObject({ code: 'crm.unreachable', message: expect.stringMatching(/ECONNREFUSED|no readable/) })
  })

  test('neither errors nor the log quote a value', async () => {
    const lines: unknown[] = []
    const keep = (fields: Record<string, unknown>, message: string) => void lines.push({ ...fields, message })
    const log: Log = { debug: keep, info: keep, warn: keep, error: keep }
    const body = { category: 'VALIDATION_ERROR', message: 'jo@example.com is not valid' }
    const server = await startScripted((_, call) => ({ status: call === 1 ? 503 : 400, body }))
    const error = await problemOf(hubspotOn(server, db, { log, token: 'secret' }).read('contacts', ['1'], []))
    expect(error).toMatchObject({ code: 'crm.refused' })
    expect(lines).toHaveLength(1)
    expect(JSON.stringify([lines, error, String(error), Object(error).cause])).not.toMatch(/jo@|secret/)
  })
})

describe('reading', () => {
  test.each(['reported', 'absent'] as const)('ids that are none are missing, whether %s or not', async (missingIds) => {
    portal.configure({ missingIds })
    const { crm, create, missingId } = hubspotAccount(portal, db)
    const [id = ''] = await create([{ note: 'x' }])
    const found = await crm.read('contacts', [missingId, id], ['note'])
    expect([...found.keys()]).toEqual([id])
  })

  test('ids that could not be read are not missing', async () => {
    const trouble = { category: 'INTERNAL_ERROR', context: { ids: ['2'] } }
    const server = await startScripted(() => ({ status: 207, body: { results: [wireRecord('1')], errors: [trouble] } }))
    const error = await problemOf(hubspotOn(server, db).read('contacts', ['1', '2'], []))
    expect(error).toMatchObject({ code: 'crm.unreachable', recovery: 'retry' })
  })

  test('a merged record that does not list its old ids is found by asking for each alone', async () => {
    const now: Record<string, string> = { '1': '1', '2': '9' }
    const server = await startScripted(({ ids }) => ({
      body: { results: ids.flatMap((id) => (now[id] ? [wireRecord(now[id])] : [])) },
    }))
    const found = await hubspotOn(server, db).read('contacts', ['1', '2', '3'], [])
    expect([...found].map(([id, { externalId }]) => [id, externalId])).toEqual([
      ['1', '1'],
      ['2', '9'],
    ])
  })
})

describe('pacing', () => {
  test('a limit that HubSpot tells below ours wins', async () => {
    const headers = { 'content-type': 'application/json', 'x-hubspot-ratelimit-max': '22' }
    const server = await startScripted(() => ({ body: { results: [wireRecord('1')] }, headers }))
    const crm = hubspotOn(server, db)
    const started = performance.now()
    for (let call = 0; call < 13; call++) await crm.read('contacts', ['1'], [])
    expect(performance.now() - started).toBeGreaterThan(1_000)
  })

  test('with nothing remaining everybody keeps still for a second', async () => {
    const headers = { 'content-type': 'application/json', 'x-hubspot-ratelimit-remaining': '0' }
    const server = await startScripted(() => ({ body: { results: [wireRecord('1')] }, headers }))
    const crm = hubspotOn(server, db)
    await crm.read('contacts', ['1'], [])
    const started = performance.now()
    await crm.read('contacts', ['1'], [])
    expect(performance.now() - started).toBeGreaterThanOrEqual(990)
  })

  test('a Retry-After is waited for, in seconds', async () => {
    const server = await startScripted((_, call) =>
      call === 1 ? { status: 477, headers: { 'retry-after': '1' } } : { body: { results: [wireRecord('1')] } },
    )
    const started = performance.now()
    expect((await hubspotOn(server, db).read('contacts', ['1'], [])).size).toBe(1)
    expect(performance.now() - started).toBeGreaterThanOrEqual(990)
  })
})

describe('who we are', () => {
  const entry = { value: 'x', timestamp: '2026-11-20T09:00:00Z', sourceType: 'INTEGRATION', sourceId: '4711' }
  const portalTelling = (appId: { status: number; body: unknown }) =>
    startScripted(({ path }) => {
      if (path.endsWith('/access-token-info')) return appId
      if (path.endsWith('/details')) return { body: { portalId: 1, timeZone: 'Europe/Berlin' } }
      return { body: { results: [{ ...wireRecord('1'), propertiesWithHistory: { note: [entry] } }] } }
    })
  const authorIn = async (crm: ReturnType<typeof hubspotOn>) =>
    (await crm.history('contacts', ['1'], ['note'])).get('1')?.note?.[0]?.author

  test('is asked of HubSpot once', async () => {
    const server = await portalTelling({ status: 200, body: { userId: 1, hubId: 1, appId: 4711, scopes: [] } })
    const crm = hubspotOn(server, db, { ownAppId: null })
    expect(await crm.account()).toEqual({ accountId: '1', timeZone: 'Europe/Berlin', ownAppId: '4711' })
    expect(await authorIn(crm)).toBe('us')
    expect(server.asked.filter(({ path }) => path.endsWith('/access-token-info'))).toHaveLength(1)
  })

  test('stays unknown where the token does not tell', async () => {
    const crm = hubspotOn(await portalTelling({ status: 404, body: {} }), db, { ownAppId: null })
    expect((await crm.account()).ownAppId).toBeNull()
    expect(await authorIn(crm)).toBe('unknown')
  })

  test('the zone of the account decides the day of a date', async () => {
    const crm = hubspotOn(await portalTelling({ status: 404, body: {} }), db)
    const metOn = field('date')
    expect(crm.encode(metOn, '2026-11-21T23:30:00Z')).toEqual({ wire: '2026-11-21' })
    await crm.account()
    expect(crm.encode(metOn, '2026-11-21T23:30:00Z')).toEqual({ wire: '2026-11-22' })
  })
})
