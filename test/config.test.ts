import { expect, onTestFinished, test } from 'vitest'
import { parseConfig } from '../src/config.ts'
import { AppError } from '../src/errors.ts'
import { createLog } from '../src/log.ts'
import { kinds } from '../src/main/index.ts'
import { startHubspotSandbox } from '../src/sandbox/hubspot/index.ts'
import { createTestDatabase } from './support/database.ts'

test('an empty environment is a complete configuration', () => {
  expect(parseConfig({}, kinds)).toEqual({
    databaseUrl: null,
    dataFolder: '.afterword',
    secret: null,
    mappingFolders: null,
    backfillFolders: null,
    host: '127.0.0.1',
    modelPerMinute: { turns: null, units: null },
    port: 4400,
    pricesFile: null,
    roles: ['web', 'worker'],
    logLevel: 'info',
    defaultCountry: 'US',
    triggerRerunsPerContactAndHour: 6,
    warnRecords: 1_000,
    deletionGraceDays: 30,
    retentionDays: null,
    sandbox: false,
    demoReport: null,
    retell: [],
    connections: [
      {
        name: 'local',
        kind: 'local',
        open: expect.any(Function),
        pace: { recordsPerMinute: null, quietHours: null },
        imports: { everyMinutes: 0, wholeEveryHours: 0 },
      },
    ],
    model: {
      url: 'https://api.openai.com/v1',
      apiKey: null,
      models: { 'gpt-4.1': 'gpt-6-luna', '*': 'gpt-6-luna' },
      profile: null,
      providers: [],
    },
    spending: {
      installation: { usdPerDay: null, usdPerMonth: null },
      trigger: { usdPerDay: null, usdPerMonth: null },
    },
  })
})

test('an empty value counts as not set', () => {
  const settings = (env: Record<string, string>) => ({ ...parseConfig(env, kinds), connections: [] })
  expect(settings({ AFTERWORD_PORT: '', DATABASE_URL: ' ' })).toEqual(settings({}))
})

test('spending limits are amounts in USD; 0 is one', () => {
  const pace = { AFTERWORD_MODEL_REQUESTS_PER_MINUTE: '500', AFTERWORD_MODEL_TOKENS_PER_MINUTE: '200000' }
  expect(parseConfig(pace, kinds).modelPerMinute).toEqual({ turns: 500, units: 200_000 })
  const amounts = { AFTERWORD_USD_PER_DAY: '0', AFTERWORD_TRIGGER_USD_PER_MONTH: '12.50' }
  expect(parseConfig(amounts, kinds).spending).toEqual({
    installation: { usdPerDay: 0, usdPerMonth: null },
    trigger: { usdPerDay: null, usdPerMonth: 12.5 },
  })
  expect(refusal({ AFTERWORD_USD_PER_MONTH: '-1' }).message).toContain('AFTERWORD_USD_PER_MONTH: ')
})

test('port 0 asks for the next free one', () => {
  expect(parseConfig({ AFTERWORD_PORT: '0' }, kinds).port).toBe(0)
})

test('every named connection is read from its own keys, and opens as they say', async () => {
  const { db } = await createTestDatabase(onTestFinished)
  const sandbox = await startHubspotSandbox({ token: 'pat-second', appId: '77' })
  onTestFinished(() => sandbox.close())
  const { connections } = parseConfig(
    {
      AFTERWORD_CONNECTIONS: 'main, second',
      AFTERWORD_CONNECTION_MAIN_KIND: 'hubspot',
      AFTERWORD_CONNECTION_MAIN_TOKEN: 'pat-main',
      AFTERWORD_CONNECTION_SECOND_KIND: 'hubspot',
      AFTERWORD_CONNECTION_SECOND_TOKEN: 'pat-second',
      AFTERWORD_CONNECTION_SECOND_URL: `${sandbox.url}/`,
      AFTERWORD_CONNECTION_SECOND_PER_TEN_SECONDS: '100',
    },
    kinds,
  )
  expect(connections.map(({ name, kind }) => [name, kind])).toEqual([
    ['main', 'hubspot'],
    ['second', 'hubspot'],
    ['local', 'local'],
  ])
  const second = await connections[1]?.open({ db, log: createLog('silent') }, 'second')
  expect(await second?.account()).toMatchObject({ ownAppId: '77' })
})

test('every bad key is named at once, and no value is', () => {
  const refused = refusal({
    AFTERWORD_PORT: '70000',
    AFTERWORD_ROLES: 'web,cook',
    AFTERWORD_MODELS: 'gpt-4.1=a=b',
    AFTERWORD_CONNECTIONS: 'main,other',
    AFTERWORD_CONNECTION_OTHER_KIND: 'pipedrive',
    AFTERWORD_CONNECTION_MAIN_KIND: 'hubspot',
    AFTERWORD_CONNECTION_MAIN_URL: 'secret-in-the-wrong-place',
  })
  const keys = [
    'AFTERWORD_PORT',
    'AFTERWORD_ROLES',
    'AFTERWORD_MODELS',
    'AFTERWORD_CONNECTION_OTHER_KIND',
    'AFTERWORD_CONNECTION_MAIN_TOKEN',
    'AFTERWORD_CONNECTION_MAIN_URL',
  ]
  expect(refused.code).toBe('config.invalid')
  expect(refused.recovery).toBe('stop')
  for (const key of keys) expect(refused.message).toContain(`${key}: `)
  expect(refused.message).toContain('AFTERWORD_CONNECTION_MAIN_TOKEN: is missing')
  expect(refused.message).not.toContain('70000')
  expect(refused.message).not.toContain('secret')
})

test('our own contacts are a connection without any setting, and no other is called so or of that kind', () => {
  const named = refusal({ AFTERWORD_CONNECTIONS: 'local', AFTERWORD_CONNECTION_LOCAL_KIND: 'hubspot' })
  expect(named.message).toContain('AFTERWORD_CONNECTIONS: local is there without being named')
  const second = refusal({ AFTERWORD_CONNECTIONS: 'main', AFTERWORD_CONNECTION_MAIN_KIND: 'local' })
  expect(second.message).toContain('AFTERWORD_CONNECTION_MAIN_KIND: expected one of hubspot, salesforce')
})

function refusal(env: Record<string, string>): AppError {
  try {
    parseConfig(env, kinds)
  } catch (error) {
    if (error instanceof AppError) return error
  }
  throw new Error('the environment was accepted')
}

test('a pace and quiet hours are settings of every kind of connection', () => {
  const env = {
    AFTERWORD_CONNECTIONS: 'main,org',
    AFTERWORD_CONNECTION_MAIN_KIND: 'hubspot',
    AFTERWORD_CONNECTION_MAIN_TOKEN: 'pat-main',
    AFTERWORD_CONNECTION_MAIN_RECORDS_PER_MINUTE: '600',
    AFTERWORD_CONNECTION_MAIN_IMPORT_MINUTES: '30',
    AFTERWORD_CONNECTION_MAIN_IMPORT_ALL_HOURS: '0',
    AFTERWORD_CONNECTION_ORG_KIND: 'salesforce',
    AFTERWORD_CONNECTION_ORG_URL: 'https://acme.my.salesforce.com',
    AFTERWORD_CONNECTION_ORG_CLIENT_ID: 'id',
    AFTERWORD_CONNECTION_ORG_CLIENT_SECRET: 'secret',
    AFTERWORD_CONNECTION_ORG_QUIET_HOURS: 'mon-fri 22:00-06:00, sat 00:00-24:00 Europe/Berlin',
    AFTERWORD_WARN_RECORDS: '50',
  }
  const { connections, warnRecords } = parseConfig(env, kinds)
  expect(warnRecords).toBe(50)
  expect(connections.slice(0, 2).map(({ imports }) => imports)).toEqual([
    { everyMinutes: 30, wholeEveryHours: 0 },
    { everyMinutes: 5, wholeEveryHours: 24 },
  ])
  expect(connections.map(({ pace }) => pace)).toEqual([
    { recordsPerMinute: 600, quietHours: null },
    {
      recordsPerMinute: null,
      quietHours: {
        zone: 'Europe/Berlin',
        windows: [
          { days: [1, 2, 3, 4, 5], from: 1_320, to: 360 },
          { days: [6], from: 0, to: 1_440 },
        ],
      },
    },
    // That of our own contacts, which nothing holds up.
    { recordsPerMinute: null, quietHours: null },
  ])
  const { message } = refusal({
    ...env,
    AFTERWORD_CONNECTION_MAIN_RECORDS_PER_MINUTE: '0',
    AFTERWORD_CONNECTION_MAIN_TOKEN: '',
  })
  expect(message).toContain('AFTERWORD_CONNECTION_MAIN_RECORDS_PER_MINUTE: ')
  expect(message).toContain('AFTERWORD_CONNECTION_MAIN_TOKEN: is missing')
})

test('Retell accounts are read by their names, and every mistake is told by its key', () => {
  const read = (env: Record<string, string>) => parseConfig({ AFTERWORD_RETELL: 'main, old_one', ...env }, kinds).retell
  const right = { AFTERWORD_RETELL_MAIN_API_KEY: 'a', AFTERWORD_RETELL_OLD_ONE_WEBHOOK_KEYS: 'b, c' }
  expect(read({ ...right, AFTERWORD_RETELL_MAIN_PULL_MINUTES: '5', AFTERWORD_RETELL_MAIN_URL: 'http://x/' })).toEqual([
    {
      name: 'main',
      apiKey: 'a',
      webhookKeys: ['a'],
      url: 'http://x',
      pullEveryMinutes: 5,
      requestsPerSecond: 5,
    },
    {
      name: 'old_one',
      apiKey: null,
      webhookKeys: ['b', 'c'],
      url: 'https://api.retellai.com',
      pullEveryMinutes: 0,
      requestsPerSecond: 5,
    },
  ])
  expect(() =>
    read({ AFTERWORD_RETELL_MAIN_API_KEY: 'secret', AFTERWORD_RETELL_MAIN_REQUESTS_PER_SECOND: '0' }),
  ).toThrow(/AFTERWORD_RETELL_MAIN_REQUESTS_PER_SECOND: .*\n {2}AFTERWORD_RETELL_OLD_ONE_API_KEY: is missing/)
  expect(() => read({ ...right, AFTERWORD_RETELL_OLD_ONE_PULL_MINUTES: '5' })).toThrow(/pulling needs it/)
})
