import { execFile } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createLog } from '../../../src/log.ts'
import { kinds } from '../../../src/main/index.ts'
import { hubspotOn, startPortal } from '../../contract/hubspot-account.ts'
import { createTestDatabase } from '../../support/database.ts'

const { db, url: databaseUrl } = await createTestDatabase()
const portal = await startPortal()
afterAll(() => portal.close())
beforeEach(() => {
  portal.configure({ tokenLifeSeconds: 1_800, rotateRefreshTokens: false, grants: 'accepted' })
  portal.endFaults()
})

const secret = 'a secret of the installation, long enough'
const app = {
  clientId: 'sandbox-hubspot-app',
  clientSecret: 'sandbox-hubspot-app-secret',
  refreshToken: 'sandbox-hubspot-refresh',
}
/** Every adapter of one connection is as good as a process of its own: they share nothing but the database. */
const on = (connection: string, changes: Partial<typeof app> = {}, deadlineMs = 8_000) =>
  hubspotOn(portal, db, {
    connection,
    deadlineMs,
    ownAppId: null,
    token: { app: { ...app, ...changes }, secret },
  })
const refreshes = () => portal.requests().operations['oauth.token']?.calls ?? 0
const problemOf = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error)
const sealedOf = async (connection: string) =>
  (await db.selectFrom('crm_tokens').select('sealed').where('connection', '=', connection).executeTakeFirstOrThrow())
    .sealed

async function refreshesDuring(work: () => Promise<unknown>): Promise<number> {
  const before = refreshes()
  await work()
  return refreshes() - before
}

describe('the token of an installed app', () => {
  test('is asked for once, by whoever needs it first, and tells who we are', async () => {
    const crms = [on('shared'), on('shared'), on('shared')]
    const count = await refreshesDuring(() =>
      Promise.all(crms.flatMap((crm) => Array.from({ length: 5 }, () => crm.read('contacts', ['1'], [])))),
    )
    expect(count).toBe(1)
    expect(await on('shared').account()).toMatchObject({ accountId: '44237313', ownAppId: '19083857' })
    expect(refreshes()).toBe(1)
  })

  test('is renewed when four fifths of its life are over, and not by the refusals', async () => {
    portal.configure({ tokenLifeSeconds: 5 })
    const crm = on('early')
    const unauthorised = () => portal.requests().operations['contacts.batch_read']?.byStatus[401] ?? 0
    const before = unauthorised()
    const read = () => crm.read('contacts', ['1'], [])
    const early = await refreshesDuring(async () => {
      await read()
      await sleep(2_000)
      await read()
    })
    await sleep(2_300)
    expect([early, await refreshesDuring(read), unauthorised() - before]).toEqual([1, 1, 0])
  }, 30_000)

  test('that ends before its time is replaced once, for all', async () => {
    const crms = [on('ended'), on('ended')]
    await Promise.all(crms.map((crm) => crm.read('contacts', ['1'], [])))
    portal.expireTokens()
    const count = await refreshesDuring(() =>
      Promise.all(crms.flatMap((crm) => Array.from({ length: 8 }, () => crm.read('contacts', ['1'], [])))),
    )
    expect(count).toBe(1)
  })

  test('in the middle of writes: each row is written once', async () => {
    const crm = on('writes')
    const ids = portal.createContacts(Array.from({ length: 250 }, () => ({ properties: {} })))
    await crm.account()
    portal.expireTokens()
    const outcomes = await crm.write(
      'contacts',
      ids.map((externalId) => ({ externalId, values: { firstname: 'x' } })),
    )
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['written']))
    const histories = portal
      .state()
      .contacts.filter(({ id }) => ids.includes(id))
      .map(({ history }) => history.firstname?.length)
    expect(new Set(histories)).toEqual(new Set([1]))
  })

  test('that is refused though it is new is not asked for again and again', async () => {
    const crm = on('refused')
    await crm.account()
    portal.addFault({ operation: 'contacts.batch_read', kind: 'status', status: 401, times: 9 })
    let error: unknown
    const count = await refreshesDuring(async () => {
      error = await problemOf(crm.read('contacts', ['1'], []))
    })
    expect(error).toMatchObject({ code: 'crm.credentials', recovery: 'stop' })
    expect(count).toBe(1)
  })
})

describe('who we are, asked of the token', () => {
  test.each([
    ['a 5xx', { kind: 'status', status: 503 }],
    ['a 429', { kind: 'status', status: 429 }],
    ['a page about maintenance', { kind: 'status', status: 302 }],
    ['a cut body', { kind: 'cut' }],
  ] as const)('%s is asked again', async (name, fault) => {
    portal.addFault({ operation: 'oauth.introspect', retryAfter: 0.01, ...fault })
    expect(await on(`who ${name}`).account()).toMatchObject({ ownAppId: '19083857' })
  })

  test('an outage is an error that passes, and not remembered: our own writes are never somebody unknown’s', async () => {
    const crm = on('who_later')
    portal.addFault({ operation: 'oauth.introspect', kind: 'status', status: 503, retryAfter: 0.01, times: 4 })
    expect(await problemOf(crm.account())).toMatchObject({ code: 'crm.rate_limited', recovery: 'retry' })
    expect(await crm.account()).toMatchObject({ ownAppId: '19083857' })
  })
})

describe('refresh tokens', () => {
  test('that change are stored, and are what another process goes on with', async () => {
    portal.reset()
    portal.configure({ rotateRefreshTokens: true })
    await on('rotating').account()
    portal.expireTokens()
    // It has never seen the new one, and the old one is worthless.
    expect(await on('rotating').read('contacts', ['1'], [])).toEqual(new Map())
    expect(await problemOf(on('other', {}).account())).toMatchObject({ code: 'crm.credentials' })
    portal.reset()
  })

  test('are sealed in the database, and of no use to another secret or connection', async () => {
    await on('sealed').account()
    const sealed = await sealedOf('sealed')
    expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toMatch(/refresh|access/)
    // Copied to another connection it opens nothing: that one asks anew.
    await on('thief').account()
    await db.updateTable('crm_tokens').set({ sealed }).where('connection', '=', 'thief').execute()
    expect(await refreshesDuring(() => on('thief').account())).toBe(1)
  })

  test('that the account has taken back stop, in words that say what to do and quote nothing', async () => {
    portal.configure({ grants: 'refused' })
    const error = await problemOf(on('revoked').account())
    expect(error).toMatchObject({ code: 'crm.credentials', recovery: 'stop' })
    expect(String(error)).toMatch(
      /no new token \(invalid_grant\): install the app in the account again, and set REFRESH_TOKEN/,
    )
    expect(JSON.stringify([error, String(error), Object(error).cause])).not.toMatch(/sandbox-hubspot|access-/)
  })

  test.each([
    ['a wrong secret', { clientSecret: 'x' }],
    ['an unknown app', { clientId: 'x' }],
  ])('%s stops too', async (_, changes) => {
    expect(await problemOf(on('wrong', changes).account())).toMatchObject({ code: 'crm.credentials' })
  })
})

describe('a token endpoint in trouble', () => {
  test.each([
    ['a 5xx', { kind: 'status', status: 503 }],
    ['a 5xx after it was done', { kind: 'after_commit' }],
    ['a cut body', { kind: 'cut' }],
    ['no answer', { kind: 'hang' }],
  ] as const)(
    '%s is asked again, and a write that waits for it is written once',
    async (name, fault) => {
      const crm = on(name.replaceAll(' ', '_'), {}, name === 'no answer' ? 2_000 : undefined)
      const [id = ''] = portal.createContacts([{ properties: {} }])
      portal.addFault({ operation: 'oauth.token', ...fault })
      const [outcome] = await crm.write('contacts', [{ externalId: id, values: { firstname: 'x' } }])
      expect(outcome).toMatchObject({ outcome: 'written' })
      expect(portal.state().contacts.find((contact) => contact.id === id)?.history.firstname).toHaveLength(1)
    },
    20_000,
  )
})

test('a database that does not give the token is no lost write: nothing was sent', async () => {
  const crm = on('no_database')
  const [id = ''] = portal.createContacts([{ properties: {} }])
  const rows = [{ externalId: id, values: { firstname: 'x' } }]
  const sent = () => portal.requests().operations['contacts.batch_update']?.calls ?? 0
  const before = sent()
  await sql`alter table crm_tokens rename to crm_tokens_away`.execute(db)
  const work = crm.write('contacts', rows)
  // Longer than a lost answer is looked for.
  await sleep(2_000)
  await sql`alter table crm_tokens_away rename to crm_tokens`.execute(db)
  expect(await work).toMatchObject([{ outcome: 'written' }])
  expect(sent() - before).toBe(1)
})

test('processes of their own share one refresh', async () => {
  portal.reset()
  const prefix = 'AFTERWORD_CONNECTION_MAIN_'
  const env = {
    PATH: process.execPath,
    DATABASE_URL: databaseUrl,
    AFTERWORD_SECRET: secret,
    AFTERWORD_CONNECTIONS: 'main',
    [`${prefix}KIND`]: 'hubspot',
    [`${prefix}CLIENT_ID`]: app.clientId,
    [`${prefix}CLIENT_SECRET`]: app.clientSecret,
    [`${prefix}REFRESH_TOKEN`]: app.refreshToken,
    [`${prefix}URL`]: portal.url,
  }
  const main = path.join(import.meta.dirname, '../../../src/main.ts')
  const doctor = () => promisify(execFile)(process.execPath, [main, 'crm', 'doctor'], { env })
  const outputs = await Promise.all([doctor(), doctor()])
  for (const { stdout } of outputs) expect(stdout).toMatch(/^ok +main +credentials +hubspot account 44237313/m)
  expect(refreshes()).toBe(1)
}, 60_000)

test('without a secret an installed app is refused, and says what to set', async () => {
  const settings = { CLIENT_ID: 'a', CLIENT_SECRET: 'b', REFRESH_TOKEN: 'c' }
  const error = await problemOf(kinds.hubspot.settings.parse(settings)({ db, log: createLog('silent') }, 'main'))
  expect(error).toMatchObject({ code: 'config.invalid', message: expect.stringContaining('set AFTERWORD_SECRET') })
})
