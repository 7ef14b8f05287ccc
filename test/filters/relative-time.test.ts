import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../src/filters/index.ts'

function read(test: unknown, at: string, zone = 'Europe/Berlin') {
  return parseFilter({ start_timestamp: test }, { clock: { now: new Date(at), zone } })
}

/** The tests of one time, as ISO dates. */
function timesOf(test: unknown, at: string, zone?: string) {
  const parsed = read(test, at, zone)
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors))
  return parsed.filter.conditions.map((condition) => {
    if (!('test' in condition) || condition.test.type !== 'number') throw new Error('no time')
    return `${condition.test.op} ${new Date(condition.test.value).toISOString()}`
  })
}

describe('a time before the clock', () => {
  test.each([
    ['-90m', '2026-03-10T12:00:00Z', '2026-03-10T10:30:00.000Z'],
    ['-6h', '2026-03-10T12:00:00Z', '2026-03-10T06:00:00.000Z'],
    ['-1d', '2026-03-10T12:00:00Z', '2026-03-09T12:00:00.000Z'],
    ['-2w', '2026-03-10T12:00:00Z', '2026-02-24T12:00:00.000Z'],
    // Summer time began at 01:00 UTC: a day back is the same time by the zone's clock, 23 hours.
    ['-1d', '2026-03-29T10:00:00Z', '2026-03-28T11:00:00.000Z'],
    ['-24h', '2026-03-29T10:00:00Z', '2026-03-28T10:00:00.000Z'],
  ])('%s at %s is %s', (text, at, time) => {
    expect(timesOf({ ge: text }, at)).toEqual([`ge ${time}`])
  })
})

describe('the last whole', () => {
  test.each([
    ['hour', '2026-03-10T12:34:00Z', '2026-03-10T11:00:00.000Z', '2026-03-10T12:00:00.000Z'],
    ['day', '2026-03-10T01:30:00Z', '2026-03-08T23:00:00.000Z', '2026-03-09T23:00:00.000Z'],
    ['week', '2026-03-10T01:30:00Z', '2026-03-01T23:00:00.000Z', '2026-03-08T23:00:00.000Z'],
    ['month', '2026-03-10T01:30:00Z', '2026-01-31T23:00:00.000Z', '2026-02-28T23:00:00.000Z'],
    // The day on which summer time begins has 23 hours, the one on which it ends 25.
    ['day', '2026-03-30T01:30:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['day', '2026-10-26T01:30:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ])('%s at %s is %s to %s', (last, at, from, before) => {
    expect(timesOf({ last }, at)).toEqual([`ge ${from}`, `lt ${before}`])
  })
})

describe('mistakes', () => {
  test.each<[unknown, string]>([
    [{ last: 'days' }, 'expected one of: hour, day, week, month; did you mean "day"?'],
    [{ last: 3 }, 'expected one of: hour, day, week, month'],
    [
      { ge: '1d' },
      'expected epoch milliseconds or an ISO date: 2026-01-31, 2026-01-31T10:00:00Z, or a time before now: -90m, -6h, -1d, -2w',
    ],
    [{ lsat: 'day' }, 'unknown test "lsat"; did you mean "last"?'],
  ])('%j: %s', (input, message) => {
    expect(read(input, '2026-03-10T12:00:00Z')).toMatchObject({ errors: [{ message }] })
  })

  test('without a clock no time is relative, and another field never is', () => {
    expect(parseFilter({ start_timestamp: { ge: '-1d' } })).toMatchObject({
      errors: [{ message: expect.stringContaining('relative times are for the files of backfills that repeat') }],
    })
    expect(parseFilter({ start_timestamp: { last: 'day' } })).toMatchObject({
      errors: [{ message: expect.stringContaining('unknown test "last"') }],
    })
    const clock = { now: new Date(), zone: 'UTC' }
    expect(parseFilter({ duration_ms: { ge: '-1d' } }, { clock })).toMatchObject({
      errors: [{ message: 'expected a number' }],
    })
  })
})
