import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { salesforce } from '../../../src/crm/index.ts'
import { silent } from '../../contract/salesforce-account.ts'
import { createTestDatabase } from '../../support/database.ts'

const { db } = await createTestDatabase()
const pem = (type: 'rsa' | 'ec') => {
  const { privateKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
const key = pem('rsa')
const app = { URL: 'https://acme.my.salesforce.com', CLIENT_ID: 'app' }
const user = { ...app, USERNAME: 'afterword@acme.example' }
const problemsOf = (settings: Record<string, string>) =>
  (salesforce.settings.safeParse(settings).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  )

describe('the settings of a Salesforce connection', () => {
  test.each<[string, Record<string, string>]>([
    ['with a secret', { ...app, CLIENT_SECRET: 'secret' }],
    ['with a key for a user', { ...user, PRIVATE_KEY: key }],
    ['with a key in one line', { ...user, PRIVATE_KEY: key.trim().replaceAll('\n', '\\n') }],
    ['with an audience', { ...user, PRIVATE_KEY: key, AUDIENCE: 'https://login.salesforce.com/' }],
    ['with a secret and a user, which then is not asked for', { ...user, CLIENT_SECRET: 'secret' }],
  ])('%s make an account', async (_, settings) => {
    expect(problemsOf(settings)).toEqual([])
    const crm = await salesforce.settings.parse(settings)({ db, log: silent }, 'main')
    expect(crm).toMatchObject({ kind: 'salesforce', connection: 'main', batchSize: 1_000, emailFields: ['Email'] })
  })

  test.each<[string, Record<string, string>, RegExp]>([
    ['nothing', {}, /^URL: /],
    ['no address', { ...app, URL: 'acme.my.salesforce.com', CLIENT_SECRET: 's' }, /^URL: /],
    ['no app', { URL: app.URL, CLIENT_SECRET: 's' }, /^CLIENT_ID: /],
    ['no secret', app, /^CLIENT_SECRET: is missing; or set USERNAME and PRIVATE_KEY/],
    ['a key for nobody', { ...app, PRIVATE_KEY: key }, /^CLIENT_SECRET: is missing; or set USERNAME/],
    ['a user without a key', user, /^CLIENT_SECRET: is missing/],
    [
      'a certificate for a key',
      { ...user, PRIVATE_KEY: '-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----' },
      /^PRIVATE_KEY: /,
    ],
    ['half a key', { ...user, PRIVATE_KEY: key.slice(0, 200) }, /^PRIVATE_KEY: expected an RSA private key in PEM/],
    ['a key of another kind', { ...user, PRIVATE_KEY: pem('ec') }, /^PRIVATE_KEY: expected an RSA private key/],
    ['no address of an audience', { ...user, PRIVATE_KEY: key, AUDIENCE: 'login' }, /^AUDIENCE: /],
  ])('with %s name the variable', (_, settings, expected) => {
    const problems = problemsOf(settings)
    expect(problems).toEqual(expect.arrayContaining([expect.stringMatching(expected)]))
    expect(problems.join()).not.toMatch(/BEGIN|MII/)
  })

  test('are for contacts and leads', () => {
    expect(salesforce.objects).toEqual(['Contact', 'Lead'])
  })
})
