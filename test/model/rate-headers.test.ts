import { describe, expect, test } from 'vitest'
import { readRateHeaders, resetOfUsedUp } from '../../src/model/pace/read-rate-headers.ts'

const none = { turns: null, units: null }

describe('what a response says of its limits', () => {
  test('is read for requests and tokens', () => {
    const headers = new Headers({
      'x-ratelimit-limit-requests': '500',
      'x-ratelimit-limit-tokens': '200000',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-remaining-tokens': '149984',
      'x-ratelimit-reset-requests': '6m0s',
      'x-ratelimit-reset-tokens': '120ms',
    })
    const read = readRateHeaders(headers)
    expect(read).toEqual({
      perMinute: { turns: 500, units: 200_000 },
      remaining: { turns: 0, units: 149_984 },
      resetMs: { turns: 360_000, units: 120 },
    })
    expect(resetOfUsedUp(read)).toBe(360_000)
  })

  test('is nothing where nothing is said', () => {
    expect(readRateHeaders(undefined)).toEqual({ perMinute: none, remaining: none, resetMs: none })
    expect(resetOfUsedUp(readRateHeaders(new Headers()))).toBeUndefined()
  })

  test.each([
    ['6m0s', 360_000],
    ['1s', 1_000],
    ['120ms', 120],
    ['1h2m3.5s', 3_723_500],
    ['7.66s', 7_660],
    ['2m59.56s', 179_560],
    ['1d', 86_400_000],
    ['1m', 60_000],
    ['12', 12_000],
    ['0s', 0],
    ['', null],
    ['soon', null],
    ['-1s', null],
    ['1s 2m', null],
    ['Thu, 26 Nov 2026 10:00:00 GMT', null],
  ])('the time %j is %s ms', (text, ms) => {
    const { resetMs } = readRateHeaders(new Headers({ 'x-ratelimit-reset-tokens': text }))
    expect(resetMs.units === null ? null : Math.round(resetMs.units)).toBe(ms)
  })

  test.each(['0', '-1', 'unlimited', 'NaN', '1e9', ''])('the limit %j limits nothing', (text) => {
    const headers = new Headers({ 'x-ratelimit-limit-requests': text, 'x-ratelimit-limit-tokens': text })
    expect(readRateHeaders(headers).perMinute).toEqual(none)
  })
})
