import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Connection } from 'jsforce/lib/connection.js'
import { OAuth2 } from 'jsforce/lib/oauth2.js'
import { Transport } from 'jsforce/lib/transport.js'
import { describe, expect, test, vi } from 'vitest'
import { salesforceOn } from '../../contract/salesforce-account.ts'
import type { Scripted } from '../scripted-server.ts'
import { contactId, refused, type ScriptedOrg, savedAll, startScriptedOrg } from './scripted-org.ts'

// The defects of jsforce 3.10.26 by their numbers in crm.md 6.3: that it has them, and that we do not.

const id = contactId(1)
const row = (serial: number) => ({ externalId: contactId(serial), values: { Note__c: 'x' } })
const rows450 = Array.from({ length: 450 }, (_, place) => row(place + 1))
const long = { body: [{ id, success: true, errors: [], pad: 'x'.repeat(1000) }] }
const plainly = ({ url }: { url: string }, options = {}) =>
  new Connection({ instanceUrl: url, accessToken: 'x', version: '64.0', logLevel: 'NONE', ...options })
const asPlain = (rows: { externalId: string }[]) => rows.map(({ externalId }) => ({ Id: externalId, Note__c: 'x' }))
const sizes = ({ asked }: ScriptedOrg) => asked.filter(({ call }) => call === 'update').map(({ rows }) => rows.length)
const problemOf = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error)
const within = (work: Promise<unknown>, ms: number) =>
  Promise.race([
    work.then(
      () => 'settled',
      () => 'settled',
    ),
    new Promise((done) => setTimeout(done, ms, 'open')),
  ])

function spawnWriter(who: 'plain' | 'ours', url: string, env: Record<string, string> = {}) {
  const script = fileURLToPath(new URL('cut-body-process.ts', import.meta.url))
  return spawn(process.execPath, [script, who, url, id], { env: { ...process.env, ...env } })
}

/** Runs a process that speaks to a server; what it wrote, and how it ended. */
function run(who: 'plain' | 'ours', url: string, env: Record<string, string> = {}) {
  const child = spawnWriter(who, url, env)
  let [output, trouble] = ['', '']
  child.stdout.on('data', (part) => (output += part))
  child.stderr.on('data', (part) => (trouble += part))
  return new Promise<{ code: number | null; output: string; trouble: string }>((ended) =>
    child.once('close', (code) => ended({ code, output, trouble })),
  )
}

test('jsforce is the version whose private members we use', () => {
  const { version } = JSON.parse(
    readFileSync(new URL('../../../node_modules/jsforce/package.json', import.meta.url), 'utf8'),
  )
  const { dependencies } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  expect([version, dependencies.jsforce]).toEqual(['3.10.26', '3.10.26'])
  expect(plainly({ url: 'http://127.0.0.1:1' })._transport).toBeInstanceOf(Transport)
  expect(new OAuth2({ loginUrl: 'http://127.0.0.1:1' })._transport).toBeInstanceOf(Transport)
})

describe('1: a body that is cut off', () => {
  const cut = () => startScriptedOrg(({ call }) => (call === 'update' ? { ...long, delivery: 'cut' } : undefined))

  test('ends a process that uses jsforce as it is, without a word', async () => {
    const { code, output, trouble } = await run('plain', (await cut()).url)
    expect({ code, output }).toEqual({ code: 1, output: '' })
    expect(trouble).toContain('terminated')
  })

  test('does not end ours, and every row gets its outcome', async () => {
    const server = await cut()
    expect(await run('ours', server.url)).toEqual({ code: 0, output: 'unknown', trouble: '' })
    expect(server.count('update'), 'sent again only after reading that it was not written').toBe(3)
    expect(server.count('retrieve')).toBe(3)
  })
})

describe('2: a server that says nothing', () => {
  test.concurrent.for(['hang', 'stall'] as const)(
    '(%s) holds jsforce for half an hour, and us until the deadline',
    async (delivery, { onTestFinished }) => {
      const server = await startScriptedOrg(({ call }) =>
        call === 'retrieve' || call === 'update' ? { ...long, delivery } : undefined,
      )
      // In a process of its own, which we end: the half body would end ours after five minutes.
      const plain = spawnWriter('plain', server.url)
      onTestFinished(() => void plain.kill('SIGKILL'))
      await vi.waitUntil(() => server.count('update') === 1, { timeout: 20_000 })
      expect(await within(new Promise((ended) => plain.once('exit', ended)), 800)).toBe('open')
      const started = performance.now()
      const error = await problemOf(salesforceOn(server, { deadlineMs: 150 }).read('Contact', [id], []))
      expect(error).toMatchObject({ code: 'crm.unreachable', recovery: 'retry' })
      expect(performance.now() - started, 'four times, and the pauses between').toBeLessThan(4 * 150 + 2_500)
      expect(server.count('retrieve')).toBe(4)
    },
  )
})

describe('3: a token that is refused', () => {
  const refusing = (times: number) =>
    startScriptedOrg(({ call }, same) =>
      call === 'retrieve' && same <= times
        ? refused(401, 'INVALID_SESSION_ID', 'Session expired or invalid')
        : undefined,
    )

  test('for ever is renewed by jsforce for ever', async () => {
    const server = await refusing(40)
    let renewals = 0
    const renew = (_: unknown, done: (error: null, token: string) => void) => {
      renewals += 1
      done(null, 'new')
    }
    await plainly(server, { refreshFn: renew }).retrieve('Contact', [id, id], { fields: ['Id'] })
    expect(renewals, 'until the server gave in').toBe(40)
  })

  test('for ever is renewed once by us, in each call', async () => {
    const server = await refusing(Number.POSITIVE_INFINITY)
    const crm = salesforceOn(server)
    expect(await problemOf(crm.read('Contact', [id], []))).toMatchObject({ code: 'crm.credentials', recovery: 'stop' })
    expect([server.count('token'), server.count('retrieve')]).toEqual([2, 2])
    await problemOf(crm.read('Contact', [id], []))
    expect([server.count('token'), server.count('retrieve')]).toEqual([3, 4])
  })

  test('once is renewed once', async () => {
    const server = await refusing(1)
    expect((await salesforceOn(server).read('Contact', [id], [])).size).toBe(1)
    expect([server.count('token'), server.count('retrieve')]).toEqual([2, 2])
  })
})

describe('4: a failure that passes', () => {
  test('of a write is no failure of ours, and one of jsforce', async () => {
    const busy = () =>
      startScriptedOrg(({ call }, same) => (call === 'update' && same === 1 ? { status: 503, body: '' } : undefined))
    expect(await problemOf(plainly(await busy()).update('Contact', asPlain([row(1)])))).toBeInstanceOf(Error)
    expect(await salesforceOn(await busy()).write('Contact', [row(1)])).toMatchObject([{ outcome: 'written' }])
  })

  test('of a read is asked again four times in all, not six', async () => {
    const server = await startScriptedOrg(({ call }) => (call === 'query' ? { status: 503, body: '' } : undefined))
    expect(await problemOf(salesforceOn(server).scan('Contact', [], null))).toMatchObject({ code: 'crm.unreachable' })
    expect(server.count('query')).toBe(4)
  })
})

describe('5: more than 200 rows', () => {
  test('go out in one oversized request by jsforce, and in chunks by us', async () => {
    const server = await startScriptedOrg(() => undefined)
    await plainly(server).update('Contact', asPlain(rows450))
    expect(sizes(server)).toEqual([450])
    await salesforceOn(server).write('Contact', rows450)
    expect(sizes(server).slice(1)).toEqual([200, 200, 50])
  })

  test('keep the results of chunks that were committed before one that fails', async () => {
    const third = (answer: Scripted) =>
      startScriptedOrg((ask, same) => (ask.call !== 'update' ? undefined : same === 3 ? answer : savedAll(ask)))
    const plain = plainly(await third({ status: 400, body: [] })).update('Contact', asPlain(rows450), {
      allowRecursive: true,
    })
    expect(await problemOf(plain), 'and nothing else is told').toBeInstanceOf(Error)

    const server = await third(refused(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'))
    const outcomes = await salesforceOn(server).write('Contact', rows450)
    expect(outcomes.filter(({ outcome }) => outcome === 'written')).toHaveLength(400)
    expect(outcomes.filter(({ outcome }) => outcome === 'later')).toHaveLength(50)
    expect(outcomes.slice(400)).toMatchObject(Array(50).fill({ outcome: 'later', retryAfterMs: 900_000 }))
    expect(sizes(server)).toEqual([200, 200, 50])
  })
})

describe('7: the status and the headers of a refusal', () => {
  const limited = () =>
    startScriptedOrg(({ call }) => {
      const headers = {
        'content-type': 'application/json',
        'sforce-limit-info': 'api-bursts=1/750, api-usage=15000/15000',
      }
      return call === 'retrieve' ? { ...refused(403, 'REQUEST_LIMIT_EXCEEDED', 'Limit exceeded.'), headers } : undefined
    })

  test('are not in the error of jsforce, and decide in ours', async () => {
    const error = await problemOf(plainly(await limited()).retrieve('Contact', [id, id], { fields: ['Id'] }))
    expect(Object.keys(Object(error))).not.toEqual(expect.arrayContaining(['status']))
    const server = await limited()
    expect(await problemOf(salesforceOn(server).read('Contact', [id], []))).toMatchObject({ code: 'crm.daily_limit' })
    expect(server.count('retrieve')).toBe(1)
  })
})

describe('10: http_proxy in the environment', () => {
  test('diverts jsforce, even from the loopback address, and not us', async () => {
    const proxy = await startScriptedOrg(() => ({ status: 502, body: 'proxied' }))
    const server = await startScriptedOrg(() => undefined)
    const env = { http_proxy: proxy.url, HTTP_PROXY: proxy.url, https_proxy: proxy.url }
    await run('plain', server.url, env)
    expect(server.asked, 'nothing arrives').toEqual([])
    expect(await run('ours', server.url, env)).toMatchObject({ code: 0, output: 'written' })
    expect(proxy.asked.filter(({ call }) => call === 'token')).toEqual([])
  })
})
