import { describe, expect, test } from 'vitest'
import {
  type FailureKind,
  lostAnswer,
  refusalOf,
  SalesforceError,
  toAppError,
  type Usage,
} from '../../../src/crm/salesforce/errors.ts'
import { AppError } from '../../../src/errors.ts'
import type { Log } from '../../../src/log.ts'
import { salesforceOn } from '../../contract/salesforce-account.ts'
import { contactId, startScriptedOrg } from './scripted-org.ts'

const answered = (status: number, body: unknown = '', usage: Usage | null = null) =>
  refusalOf(status, typeof body === 'string' ? body : JSON.stringify(body), usage)
/** From docs: "400 if malformed (array `[{"message","errorCode"}]`)". */
const coded = (errorCode: string, message = '') => [{ message, errorCode }]
/** From docs: the two flavours of one 403 (crm.md 4.2). */
const daily = coded('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.')
const concurrent = coded('REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded.')
const unnamed = coded('REQUEST_LIMIT_EXCEEDED', 'Limit exceeded.')
const appError = (error: SalesforceError) => toAppError(error, 'sf')

describe('the kind of a failure', () => {
  test.each<[string, number, unknown, FailureKind]>([
    ['an expired session', 401, coded('INVALID_SESSION_ID'), 'session'],
    ['a 401 of a proxy', 401, '<html>', 'session'],
    ['a user without the API', 403, coded('API_DISABLED_FOR_ORG'), 'credentials'],
    ['a user without access', 403, coded('INSUFFICIENT_ACCESS'), 'credentials'],
    ['a feature the org has not', 403, coded('FUNCTIONALITY_NOT_ENABLED'), 'refused'],
    ['a secret that is wrong', 401, { error: 'invalid_client' }, 'credentials'],
    ['a user who is not approved', 400, { error: 'invalid_grant', error_description: 'x' }, 'credentials'],
    ['a login host that is down', 503, { error: 'server_error' }, 'lost'],
    ['a login host that is busy', 429, { error: 'rate_limit' }, 'busy'],
    ['an overloaded instance', 420, '', 'busy'],
    ['a locked resource', 423, '', 'busy'],
    ['a rate', 429, '', 'busy'],
    ['a server error', 500, 'not json', 'lost'],
    ['a gateway', 502, '<html>', 'lost'],
    ['an instance that is away', 503, coded('SERVER_UNAVAILABLE'), 'lost'],
    ['a request timeout of theirs', 408, '', 'lost'],
    ['a page about maintenance', 302, '', 'lost'],
    ['a query nobody can read', 400, coded('MALFORMED_QUERY'), 'refused'],
    ['an object that is none', 404, coded('NOT_FOUND'), 'refused'],
    ['an address that is too long', 414, 'URI Too Long', 'refused'],
    ['one error that is no list', 400, { errorCode: 'INVALID_FIELD', message: 'x' }, 'refused'],
    ['a body of no known shape', 400, { errors: 'x', message: [7] }, 'refused'],
  ])('%s', (_, status, body, kind) => {
    expect(answered(status, body).kind).toBe(kind)
  })

  test.each<[string, unknown, Usage | null, FailureKind]>([
    ['the header says used up', unnamed, { used: 15_000, most: 15_000 }, 'daily'],
    ['the header says more than used up', concurrent, { used: 15_020, most: 15_000 }, 'daily'],
    ['the header says there is plenty', unnamed, { used: 18, most: 15_000 }, 'busy'],
    ['the header says plenty, the text concurrent', concurrent, { used: 18, most: 15_000 }, 'busy'],
    ['the header lags behind the text', daily, { used: 14_990, most: 15_000 }, 'daily'],
    ['no header, concurrent', concurrent, null, 'busy'],
    ['no header, the day', daily, null, 'daily'],
    ['no header, no word', unnamed, null, 'daily'],
  ])('a limit: %s', (_, body, usage, kind) => {
    expect(answered(403, body, usage).kind).toBe(kind)
    expect(answered(400, body, usage).kind, 'the code tells, not the status').toBe(kind)
  })
})

describe('the error for the rest of the house', () => {
  test.each<[string, SalesforceError, string, string, number | undefined]>([
    ['a session refused twice', answered(401), 'crm.credentials', 'stop', undefined],
    ['credentials', answered(400, { error: 'invalid_grant' }), 'crm.credentials', 'stop', undefined],
    ['the day', answered(403, daily), 'crm.daily_limit', 'retry', 900_000],
    ['the moment', answered(403, concurrent), 'crm.rate_limited', 'retry', 10_000],
    ['no session', new SalesforceError('unopened', 'no session'), 'crm.unreachable', 'retry', undefined],
    ['no answer', answered(503), 'crm.unreachable', 'retry', undefined],
    ['a wrong question', answered(400, coded('MALFORMED_QUERY')), 'crm.refused', 'stop', undefined],
  ])('%s', (_, failure, code, recovery, retryAfterMs) => {
    const error = appError(failure)
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code, recovery, retryAfterMs })
    expect(error.message).toContain('connection sf')
  })

  test('names the code and what to look at where a login is refused', () => {
    const { message } = appError(answered(400, { error: 'invalid_grant', error_description: 'not approved' }))
    expect(message).toMatch(/invalid_grant.*My Domain.*connected app.*user/)
  })

  test('names a field that is gone or hidden, out of the words of both resources', () => {
    // From docs: a query's refusal quotes itself, a retrieve's and a row's do not.
    const query =
      "\nSELECT Id,Gone__c FROM Contact\n ^\nERROR at Row:1:Column:11\nNo such column 'Gone__c' on entity 'Contact'."
    for (const words of [query, "No such column 'Gone__c' on sobject of type Contact"]) {
      expect(appError(answered(400, coded('INVALID_FIELD', words))).message).toContain('there is no field Gone__c')
    }
  })

  test('quotes nothing of a body, in message or cause', () => {
    const planted = "jo@example.com, and No such column 'jo' or '+4930123456'"
    const bodies = [
      coded('STRING_TOO_LONG', planted),
      coded('FIELD_CUSTOM_VALIDATION_EXCEPTION', planted),
      { error: 'invalid_grant', error_description: planted },
      planted,
      `<html>${planted}</html>`,
    ]
    const statuses = [302, 400, 401, 403, 404, 420, 500, 503]
    for (const failure of bodies.flatMap((body) => statuses.map((status) => answered(status, body)))) {
      const error = appError(failure)
      expect(JSON.stringify([error, String(error), error.message, error.cause])).not.toMatch(/jo@|4930|'jo'/)
      expect(failure.message).not.toMatch(/jo@|4930/)
    }
    const unreadable = appError(lostAnswer(new SyntaxError('Unexpected token: "jo@example.com" is not JSON'), 1000))
    expect(JSON.stringify([unreadable, String(unreadable), Object(unreadable).cause])).not.toContain('jo@')
  })
})

describe('a lost answer', () => {
  test('tells what undici knows, and not only "fetch failed"', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const lost = lostAnswer(new TypeError('fetch failed', { cause: refused }), 1)
    expect(lost).toMatchObject({ kind: 'lost', message: 'no readable answer from Salesforce (ECONNREFUSED)' })
  })

  test('that came too late tells the deadline', () => {
    expect(lostAnswer(new DOMException('x', 'TimeoutError'), 700).message).toBe(
      'Salesforce did not answer within 700 ms',
    )
  })

  test('is not made of a failure already understood', () => {
    expect(lostAnswer(new SalesforceError('busy', 'locked'), 1)).toMatchObject({ kind: 'busy' })
  })
})

test('neither errors nor the log quote a value, over HTTP either', async () => {
  const lines: unknown[] = []
  const keep = (fields: Record<string, unknown>, message: string) => void lines.push({ ...fields, message })
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep }
  const server = await startScriptedOrg(({ call }, same) => {
    if (call !== 'retrieve') return undefined
    return { status: same === 1 ? 503 : 400, body: coded('INVALID_FIELD', 'jo@example.com is not valid') }
  })
  const reading = salesforceOn(server, { log }).read('Contact', [contactId(1)], [])
  const error = await reading.catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'crm.refused' })
  expect(lines).toMatchObject([{ connection: 'sf', attempt: 1, message: 'a Salesforce call is sent again' }])
  expect(JSON.stringify([lines, error, String(error), Object(error).cause])).not.toMatch(/jo@|secret|Bearer/)
})
