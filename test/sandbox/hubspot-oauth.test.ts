import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startHubspotSandbox } from '../../src/sandbox/hubspot/index.ts'

let now = Date.parse('2026-11-20T09:00:00Z')
const portal = await startHubspotSandbox({ clock: () => now, rateScale: 100 })
afterAll(() => portal.close())
beforeEach(() => portal.reset())

const app = { client_id: 'sandbox-hubspot-app', client_secret: 'sandbox-hubspot-app-secret' }
const good = { ...app, grant_type: 'refresh_token', refresh_token: 'sandbox-hubspot-refresh' }

async function post(path: string, body: Record<string, string> | string, type = 'application/x-www-form-urlencoded') {
  const text = typeof body === 'string' ? body : new URLSearchParams(body).toString()
  const answer = await fetch(portal.url + path, { method: 'POST', headers: { 'content-type': type }, body: text })
  return { status: answer.status, body: z.looseObject({}).parse(await answer.json()) }
}

const refresh = (form: Record<string, string>) => post('/oauth/2026-03/token', form)

async function read(token: unknown): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ inputs: [{ id: '1' }], properties: [], propertiesWithHistory: [] })
  const answer = await fetch(`${portal.url}/crm/v3/objects/contacts/batch/read`, { method: 'POST', headers, body })
  await answer.text()
  return answer.status
}

describe('the token endpoint', () => {
  test('hands out a token that works until it ends, and says what it is', async () => {
    const { status, body } = await refresh(good)
    expect([status, body]).toMatchObject([
      200,
      { token_type: 'bearer', expires_in: 1_800, refresh_token: good.refresh_token },
    ])
    expect(await read(body.access_token)).toBe(207)
    const introspect = () => post('/oauth/2026-03/token/introspect', { ...app, token: String(body.access_token) })
    expect((await introspect()).body).toMatchObject({ active: true, app_id: 19_083_857 })
    now += 1_800_000
    expect(await read(body.access_token)).toBe(401)
    expect((await introspect()).body).toEqual({ active: false })
  })

  test.each([
    ['another refresh token', { ...good, refresh_token: 'x' }, 400, 'invalid_grant', 'BAD_REFRESH_TOKEN'],
    ['another app', { ...good, client_id: 'x' }, 400, 'invalid_client', 'BAD_CLIENT_ID'],
    ['another secret', { ...good, client_secret: 'x' }, 401, 'invalid_client', 'BAD_CLIENT_SECRET'],
    ['another grant', { ...good, grant_type: 'password' }, 400, 'unsupported_grant_type', 'BAD_GRANT_TYPE'],
  ])('refuses %s', async (_, form, code, error, word) => {
    expect(await refresh(form)).toMatchObject({ status: code, body: { error, status: word } })
  })

  test('takes a form in the body only: neither JSON nor parameters of the address', async () => {
    expect(await post('/oauth/2026-03/token', JSON.stringify(good), 'application/json')).toMatchObject({ status: 415 })
    expect(await post(`/oauth/2026-03/token?${new URLSearchParams(good)}`, {})).toMatchObject({ status: 400 })
  })

  test('with rotation on, a refresh token is good for one refresh', async () => {
    portal.configure({ rotateRefreshTokens: true })
    const { body } = await refresh(good)
    expect(body.refresh_token).not.toBe(good.refresh_token)
    expect(await refresh(good)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await refresh({ ...good, refresh_token: String(body.refresh_token) })).toMatchObject({ status: 200 })
  })
})

test('a call without its scope is a 403 that names it; the token itself is right', async () => {
  portal.configure({ scopes: ['crm.schemas.contacts.read'] })
  expect(await read('sandbox-hubspot')).toBe(403)
  const headers = { authorization: 'Bearer sandbox-hubspot' }
  expect((await fetch(`${portal.url}/crm/v3/properties/contacts`, { headers })).status).toBe(200)
})

test('a property is created in a group that there is, and nowhere else', async () => {
  const headers = { authorization: 'Bearer sandbox-hubspot', 'content-type': 'application/json' }
  const create = async (path: string, body: object) => {
    const answer = await fetch(`${portal.url}/crm/v3/properties/contacts${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    await answer.text()
    return answer.status
  }
  const property = { name: 'a', label: 'A', type: 'string', fieldType: 'text', groupName: 'ours' }
  expect(await create('', property)).toBe(400)
  expect(await create('/groups', { name: 'ours' })).toBe(400)
  expect(await create('/groups', { name: 'ours', label: 'Ours' })).toBe(201)
  expect(await create('/groups', { name: 'ours', label: 'Ours' })).toBe(409)
  expect([await create('', property), await create('', property)]).toEqual([201, 409])
})
