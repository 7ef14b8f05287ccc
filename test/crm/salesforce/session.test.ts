import { generateKeyPairSync } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { startSalesforceSandbox } from '../../../src/sandbox/salesforce/index.ts'
import { salesforceOn, startOrg } from '../../contract/salesforce-account.ts'
import { contactId, ourId, refused, startScriptedOrg } from './scripted-org.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const username = 'afterword@example.com'
const org = await startOrg()
const keyed = await startSalesforceSandbox({ jwt: { username, publicKey } })
afterAll(() => Promise.all([org.close(), keyed.close()]))

const logins = ({ requests }: typeof org) => requests().operations['oauth.token']?.calls ?? 0
const problemOf = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error)
const secret = (url: string) => ({ url, clientId: 'app', clientSecret: 'secret' })
const loginByKey = (
  changes: { username?: string; privateKey?: string; audience?: string; clientId?: string } = {},
) => ({
  url: keyed.url,
  clientId: 'sandbox-salesforce',
  username,
  privateKey,
  audience: keyed.url,
  ...changes,
})

describe('a session is opened', () => {
  test('by the secret of the app, once for any number of calls at once', async () => {
    org.reset()
    const crm = salesforceOn(org)
    const accounts = await Promise.all(Array.from({ length: 20 }, () => crm.account()))
    expect(accounts[19]).toEqual({ accountId: org.orgId, timeZone: 'America/Los_Angeles', ownAppId: org.userId })
    expect(logins(org)).toBe(1)
  })

  test('by a key, for a user', async () => {
    const crm = salesforceOn(keyed, { login: loginByKey() })
    expect(await crm.account()).toMatchObject({ accountId: keyed.orgId, ownAppId: keyed.userId })
    const forLoginHost = salesforceOn(keyed, { login: loginByKey({ audience: 'https://login.salesforce.com' }) })
    expect(await forLoginHost.account()).toMatchObject({ accountId: keyed.orgId })
  })

  test('and works where the org lives, which need not be where the login is', async () => {
    const instance = await startScriptedOrg(() => undefined)
    const token = { access_token: 't', instance_url: `${instance.url}/`, id: `x/id/00DSb0000000001/${ourId}` }
    const login = await startScriptedOrg(() => ({ body: token }))
    const crm = salesforceOn(login)
    expect(await crm.account()).toEqual({ accountId: '00DSb0000000001MAA', timeZone: 'UTC', ownAppId: ourId })
    expect((await crm.read('Contact', [contactId(1)], [])).size).toBe(1)
    expect(login.asked.map(({ call }) => call)).toEqual(['token'])
    expect(instance.asked.every(({ headers }) => headers.authorization === 'Bearer t')).toBe(true)
    expect(instance.asked.every(({ path }) => path.startsWith('/services/data/v64.0/'))).toBe(true)
    expect(instance.asked[0]?.headers['sforce-call-options']).toBe('client=afterword')
  })
})

describe('an expired session', () => {
  test('is renewed once, whoever finds out', async () => {
    org.reset()
    const crm = salesforceOn(org)
    const [id = ''] = org.createRecords('Contact', [{ values: { LastName: 'Test' } }])
    await crm.read('Contact', [id], [])
    org.expireSessions()
    const found = await Promise.all(Array.from({ length: 20 }, () => crm.read('Contact', [id], ['LastName'])))
    expect(found.every((records) => records.get(id)?.values.LastName === 'Test')).toBe(true)
    expect(logins(org)).toBe(2)
  })

  test('in the middle of a write loses nothing and writes nothing twice', async () => {
    const server = await startScriptedOrg(({ call }, same) =>
      call === 'update' && same === 2 ? refused(401, 'INVALID_SESSION_ID') : undefined,
    )
    const rows = Array.from({ length: 450 }, (_, place) => ({
      externalId: contactId(place + 1),
      values: { Note__c: 'x' },
    }))
    const outcomes = await salesforceOn(server).write('Contact', rows)
    expect(outcomes.every(({ outcome }) => outcome === 'written')).toBe(true)
    expect([server.count('token'), server.count('update')]).toEqual([2, 4])
  })
})

describe('a login that is refused', () => {
  test.each<[string, () => ReturnType<typeof salesforceOn>]>([
    ['a wrong secret', () => salesforceOn(org, { login: { ...secret(org.url), clientId: 'sandbox-salesforce' } })],
    ['an unknown app', () => salesforceOn(org, { login: secret(org.url) })],
    ['another user', () => salesforceOn(keyed, { login: loginByKey({ username: 'jo@example.com' }) })],
    ['another audience', () => salesforceOn(keyed, { login: loginByKey({ audience: 'https://example.com' }) })],
    [
      'another key',
      () => {
        const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
        return salesforceOn(keyed, {
          login: loginByKey({ privateKey: other.export({ type: 'pkcs1', format: 'pem' }).toString() }),
        })
      },
    ],
  ])('for %s stops, and says what to look at', async (_, open) => {
    const error = await problemOf(open().account())
    expect(error).toMatchObject({ code: 'crm.credentials', recovery: 'stop' })
    expect(String(error)).toMatch(/connection sf: .*\(invalid_\w+\).*My Domain.*connected app/)
    expect(JSON.stringify([error, String(error)])).not.toMatch(/jo@|secret'|BEGIN/)
  })

  test('is not remembered', async () => {
    org.reset()
    const crm = salesforceOn(org)
    org.configure({ logins: 'refused' })
    expect(await problemOf(crm.account())).toMatchObject({ code: 'crm.credentials' })
    org.configure({ logins: 'accepted' })
    expect(await crm.account()).toMatchObject({ accountId: org.orgId })
  })

  test('because nobody answers to that address stops too', async () => {
    const server = await startScriptedOrg(() => ({
      status: 404,
      body: '<html>',
      headers: { 'content-type': 'text/html' },
    }))
    expect(await problemOf(salesforceOn(server).account())).toMatchObject({ code: 'crm.credentials', recovery: 'stop' })
    expect(server.count('token')).toBe(1)
  })
})

describe.concurrent('a login that is not answered', () => {
  test.each([
    ['503', { status: 503, body: '<html>' }],
    ['a redirect', { status: 302, headers: { location: 'https://example.com' } }],
    ['silence', { delivery: 'hang' as const }],
    ['half a body', { delivery: 'cut' as const, body: { access_token: 'x'.repeat(100) } }],
    ['no JSON', { body: 'jo@example.com' }],
    ['no token', { body: { instance_url: 'jo@example.com' } }],
  ])('with %s is tried again, and then to be retried', async (_, answer) => {
    const server = await startScriptedOrg(({ call }) => (call === 'token' ? answer : undefined))
    const error = await problemOf(salesforceOn(server, { deadlineMs: 100 }).account())
    expect(error).toMatchObject({ code: 'crm.unreachable', recovery: 'retry' })
    expect(String(error)).not.toContain('jo@')
    expect(server.asked.map(({ call }) => call)).toEqual(Array(4).fill('token'))
  })

  test('leaves rows for later, for nothing of them was sent', async () => {
    const server = await startScriptedOrg(({ call }, same) => {
      if (call === 'token' && same > 1) return { status: 503, body: '' }
      return call === 'update' ? refused(401, 'INVALID_SESSION_ID') : undefined
    })
    const crm = salesforceOn(server)
    const row = { externalId: contactId(1), values: { Note__c: 'x' } }
    expect(await crm.write('Contact', [row])).toMatchObject([{ outcome: 'later', values: {} }])
    expect(server.count('retrieve'), 'nothing has to be read back').toBe(0)
    // And so from the first call on, where not even the fields are known.
    const down = await startScriptedOrg(() => ({ status: 503, body: '' }))
    expect(await salesforceOn(down).write('Contact', [row])).toMatchObject([{ outcome: 'later', values: {} }])
  })
})
