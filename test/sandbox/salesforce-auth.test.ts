import { createSign, generateKeyPairSync } from 'node:crypto'
import { Connection } from 'jsforce/lib/connection.js'
import { expect, test } from 'vitest'
import { openOrg } from './salesforce-org.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const nowSeconds = Date.parse('2026-11-21T09:00:00Z') / 1_000

function assertionOf(claims: Record<string, unknown>, header = { alg: 'RS256' }) {
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${parts}.${createSign('RSA-SHA256').update(parts).sign(keys.privateKey, 'base64url')}`
}

test('client credentials, by form or by Basic, open a session without an expiry or a refresh token', async () => {
  const { login, sandbox } = await openOrg()
  const { status, body } = await login()
  expect(status).toBe(200)
  expect(Object.keys(body).toSorted()).toEqual(
    ['access_token', 'id', 'instance_url', 'issued_at', 'scope', 'signature', 'token_type'].toSorted(),
  )
  expect(body).toMatchObject({
    instance_url: sandbox.url,
    id: `${sandbox.url}/id/${sandbox.orgId}/${sandbox.userId}`,
    token_type: 'Bearer',
  })
  const basic = Buffer.from('sandbox-salesforce:sandbox-salesforce-secret').toString('base64')
  const answer = await fetch(`${sandbox.url}/services/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  expect(answer.status).toBe(200)
})

test.each([
  [{ client_secret: 'wrong' }, 401, 'invalid_client'],
  [{ client_id: 'nobody' }, 400, 'invalid_client_id'],
  [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
])('the token endpoint refuses %j', async (form, status, error) => {
  const { login } = await openOrg()
  expect(await login(form)).toMatchObject({ status, body: { error, error_description: expect.any(String) } })
})

test('a signed assertion opens a session', async () => {
  const { login, sandbox } = await openOrg({ jwt: { username: 'bot@example.com', publicKey } })
  const claims = { iss: 'sandbox-salesforce', sub: 'bot@example.com', aud: sandbox.url, exp: nowSeconds + 180 }
  expect(await login({ grant_type: JWT_BEARER, assertion: assertionOf(claims) })).toMatchObject({ status: 200 })
  const elsewhere = { ...claims, aud: 'https://login.salesforce.com' }
  expect(await login({ grant_type: JWT_BEARER, assertion: assertionOf(elsewhere) })).toMatchObject({ status: 200 })
})

test.each([
  ['another user', { sub: 'eve@example.com' }],
  ['another audience', { aud: 'https://example.com' }],
  ['an expiry in the past', { exp: nowSeconds - 1 }],
  ['an expiry too far ahead', { exp: nowSeconds + 301 }],
])('an assertion with %s is refused', async (_why, wrong) => {
  const { login, sandbox } = await openOrg({ jwt: { username: 'bot@example.com', publicKey } })
  const claims = {
    iss: 'sandbox-salesforce',
    sub: 'bot@example.com',
    aud: sandbox.url,
    exp: nowSeconds + 180,
    ...wrong,
  }
  const answer = await login({ grant_type: JWT_BEARER, assertion: assertionOf(claims) })
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
})

test('an assertion signed by nobody or by another key is refused', async () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' })
  const { login, sandbox } = await openOrg({ jwt: { username: 'bot@example.com', publicKey: other.toString() } })
  const claims = { iss: 'sandbox-salesforce', sub: 'bot@example.com', aud: sandbox.url, exp: nowSeconds + 180 }
  for (const assertion of [assertionOf(claims), `${assertionOf(claims, { alg: 'none' }).replace(/[^.]+$/, '')}`]) {
    expect(await login({ grant_type: JWT_BEARER, assertion })).toMatchObject({ status: 400 })
  }
})

test('who we are, by userinfo and by the identity address', async () => {
  const { call, login, sandbox } = await openOrg()
  const expected = { user_id: sandbox.userId, organization_id: sandbox.orgId, zoneinfo: 'America/Los_Angeles' }
  expect(await call('GET', '/services/oauth2/userinfo')).toMatchObject({ status: 200, body: expected })
  const { id = '' } = (await login()).body
  expect(await call('GET', new URL(id).pathname)).toMatchObject({ status: 200, body: expected })
})

test('a call without a living session is a 401, also after all sessions were ended, until there is a new one', async () => {
  const { call, renew, sandbox } = await openOrg()
  const expired = { status: 401, body: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }] }
  expect((await fetch(`${sandbox.url}/services/data/v64.0/limits`)).status).toBe(401)
  expect(await call('GET', 'limits')).toMatchObject({ status: 200 })
  sandbox.expireSessions()
  expect(await call('GET', 'limits')).toMatchObject(expired)
  await renew()
  expect(await call('GET', 'limits')).toMatchObject({ status: 200 })
  sandbox.configure({ sessions: 'refused' })
  await renew()
  expect(await call('GET', 'limits')).toMatchObject(expired)
  sandbox.configure({ logins: 'refused' })
  const { login } = await openOrg({ logins: 'refused' })
  expect(await login()).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
})

test('jsforce renews an ended session through its refresh function', async () => {
  const { login, sandbox } = await openOrg()
  const refreshFn = async (_: unknown, done: (error: null, token: string) => void) =>
    done(null, (await login()).body.access_token ?? '')
  const connection = new Connection({
    instanceUrl: sandbox.url,
    accessToken: 'gone',
    refreshFn,
    version: '64.0',
  })
  expect((await connection.query('SELECT Name FROM Organization')).records).toMatchObject([{ Name: 'Harbor Heating' }])
})

test.each([
  ['v46.0', 200],
  ['v68.0', 200],
  ['v45.0', 404],
  ['v69.0', 404],
  ['v64', 404],
])('version %s answers %i', async (version, status) => {
  const { call } = await openOrg()
  expect((await call('GET', `/services/data/${version}/limits`)).status).toBe(status)
})

test('the versions are told to everybody', async () => {
  const { sandbox } = await openOrg()
  const versions: unknown = await (await fetch(`${sandbox.url}/services/data`)).json()
  expect(versions).toContainEqual({ version: '64.0', label: 'Release 64.0', url: '/services/data/v64.0' })
})
