import { describe, expect, test } from 'vitest'
import { type FailureKind, HubspotError, lostAnswer, refusalOf, toAppError } from '../../../src/crm/hubspot/errors.ts'
import { AppError } from '../../../src/errors.ts'

const answered = (status: number, body: unknown = {}, headers: Record<string, string> = {}) =>
  refusalOf(status, new Headers(headers), typeof body === 'string' ? body : JSON.stringify(body))

/** Bodies as recorded or documented (crm.md 1.2, 1.3, 1.6), values changed. */
const burst = {
  status: 'error',
  message: 'You have reached your ten_secondly_rolling limit.',
  errorType: 'RATE_LIMIT',
  policyName: 'TEN_SECONDLY_ROLLING',
}
const secondly = { status: 'error', message: 'You have reached your secondly limit.', category: 'RATE_LIMITS' }
const daily = { status: 'error', message: 'You have reached your daily limit.', policyName: 'DAILY' }
const problems = [
  { isValid: false, message: 'Property "nope" does not exist', error: 'PROPERTY_DOESNT_EXIST', name: 'nope' },
]
const listed = [
  { message: 'Property "nope" does not exist', code: 'PROPERTY_DOESNT_EXIST', context: { propertyName: ['nope'] } },
]
const inMessage = `Property values were not valid: ${JSON.stringify(problems)}`

describe('the kind of a failure', () => {
  test.each<[string, number, unknown, FailureKind]>([
    ['a refused token', 401, { category: 'INVALID_AUTHENTICATION' }, 'credentials'],
    ['a missing scope', 403, { category: 'MISSING_SCOPES' }, 'credentials'],
    ['the burst limit', 429, burst, 'burst'],
    ['the search limit, which names no policy', 429, secondly, 'secondly'],
    ['the daily limit', 429, daily, 'daily'],
    ['a limit of which nothing is known', 429, '<html>', 'burst'],
    ['a locked record', 423, {}, 'busy'],
    ['an account being moved', 477, {}, 'busy'],
    ['a server error', 500, 'not json', 'lost'],
    ['a gateway of theirs', 523, '<html>', 'lost'],
    ['a redirect', 302, '', 'lost'],
    ['a 2xx nobody declared', 202, '', 'lost'],
    ['a bad request', 400, { category: 'VALIDATION_ERROR' }, 'refused'],
    ['a conflict', 409, { category: 'CONFLICT' }, 'refused'],
    ['an identity limit', 414, {}, 'refused'],
  ])('%s', (_, status, body, kind) => {
    expect(answered(status, body).kind).toBe(kind)
  })

  test('a Retry-After is seconds', () => {
    expect(answered(477, {}, { 'retry-after': '3' }).detail.retryAfterMs).toBe(3000)
    expect(answered(477, {}, { 'retry-after': 'soon' }).detail.retryAfterMs).toBeUndefined()
    expect(answered(477).detail.retryAfterMs).toBeUndefined()
  })
})

describe('what a refusal names', () => {
  const reason = 'Property "nope" does not exist'
  const expected = [{ field: 'nope', code: 'PROPERTY_DOESNT_EXIST', reason, isSchema: true }]

  test('fields, from the list of errors', () => {
    expect(answered(400, { message: inMessage, errors: listed }).detail.problems).toEqual(expected)
  })

  test('fields, from the message where there is no list', () => {
    expect(answered(400, { message: inMessage }).detail.problems).toEqual(expected)
  })

  test('the ids of a duplicate', () => {
    const body = {
      message: 'Duplicate IDs found in batch input: [123456]. IDs must be unique',
      context: { ids: ['123456'] },
    }
    expect(answered(400, body).detail).toMatchObject({ ids: ['123456'], problems: [] })
  })

  test('nothing, in a body of any other shape', () => {
    for (const body of ['', 'null', '[]', '"x"', { errors: 'x', context: 7, message: [] }]) {
      expect(answered(400, body).detail).toMatchObject({ ids: [], problems: [] })
    }
  })
})

describe('the error for the rest of the house', () => {
  const appError = (error: HubspotError) => toAppError(error, 'main', 60_000)

  test.each<[number, unknown, string, string, number | undefined]>([
    [401, {}, 'crm.credentials', 'stop', undefined],
    [429, daily, 'crm.daily_limit', 'retry', 60_000],
    [429, burst, 'crm.rate_limited', 'retry', 10_000],
    [503, '', 'crm.unreachable', 'retry', undefined],
    [400, {}, 'crm.refused', 'stop', undefined],
  ])('%i is %s', (status, body, code, recovery, retryAfterMs) => {
    const error = appError(answered(status, body))
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code, recovery, retryAfterMs })
  })

  test('quotes no value, in message or cause', () => {
    const error = appError(answered(400, { category: 'VALIDATION_ERROR', message: 'jo@example.com is not valid' }))
    expect(JSON.stringify([error, String(error), Object(error).cause])).not.toContain('jo@')
    const unreadable = appError(lostAnswer(new SyntaxError('Unexpected token: "jo@example.com" is not JSON'), 1000))
    expect(JSON.stringify([unreadable, String(unreadable), Object(unreadable).cause])).not.toContain('jo@')
  })

  test('a failure already understood is not taken for a lost answer', () => {
    expect(lostAnswer(new HubspotError('busy', 'locked'), 1)).toMatchObject({ kind: 'busy' })
  })
})
