import { describe, expect, test } from 'vitest'
import { newestDue, nextDue } from '../../../src/backfill/schedules/due-times.ts'
import { parseEvery } from '../../../src/backfill/schedules/parse-every.ts'

function rhythm(text: string, zone = 'Europe/Berlin') {
  const every = parseEvery(text)
  if (every === null) throw new Error(`cannot be read: ${text}`)
  return { every, zone }
}

/** The next due times after a moment, as ISO dates. */
function dueAfter(text: string, from: string, zone?: string, many = 3): string[] {
  const due: Date[] = []
  for (let at = new Date(from); due.length < many; due.push(at)) at = nextDue(rhythm(text, zone), at)
  return due.map((at) => at.toISOString().replace(':00.000Z', 'Z'))
}

describe('due times', () => {
  test.each([
    ['hour', '2026-03-10T12:00:00Z', ['2026-03-10T13:00Z', '2026-03-10T14:00Z', '2026-03-10T15:00Z']],
    ['hour at :15', '2026-03-10T12:14:59Z', ['2026-03-10T12:15Z', '2026-03-10T13:15Z', '2026-03-10T14:15Z']],
    ['day at 02:30', '2026-03-10T01:30:00Z', ['2026-03-11T01:30Z', '2026-03-12T01:30Z', '2026-03-13T01:30Z']],
    ['Mon-Fri at 2:30', '2026-03-12T12:00:00Z', ['2026-03-13T01:30Z', '2026-03-16T01:30Z', '2026-03-17T01:30Z']],
    ['sunday, thu at 23:59', '2026-03-10T12:00:00Z', ['2026-03-12T22:59Z', '2026-03-15T22:59Z', '2026-03-19T22:59Z']],
    ['sat-mon at 00:00', '2026-03-10T12:00:00Z', ['2026-03-13T23:00Z', '2026-03-14T23:00Z', '2026-03-15T23:00Z']],
    ['month on 28 at 06:00', '2026-01-28T05:00:00Z', ['2026-02-28T05:00Z', '2026-03-28T05:00Z', '2026-04-28T04:00Z']],
  ])('%s after %s', (text, from, expected) => {
    expect(dueAfter(text, from)).toEqual(expected)
  })

  test('a time that the clock skips is due so much later, on its day', () => {
    expect(dueAfter('day at 02:30', '2026-03-28T12:00:00Z')).toEqual([
      '2026-03-29T01:30Z',
      '2026-03-30T00:30Z',
      '2026-03-31T00:30Z',
    ])
    // Samoa had no 30 December 2011.
    expect(dueAfter('day at 12:00', '2011-12-29T00:00:00Z', 'Pacific/Apia', 2)).toEqual([
      '2011-12-29T22:00Z',
      '2011-12-30T22:00Z',
    ])
  })

  test('a time that the clock shows twice is due once, the first time', () => {
    expect(dueAfter('day at 02:30', '2026-10-24T12:00:00Z')).toEqual([
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
      '2026-10-27T01:30Z',
    ])
    expect(dueAfter('day at 02:30', '2026-10-25T00:30:00Z', undefined, 1)).toEqual(['2026-10-26T01:30Z'])
  })

  test('an hour is due in every hour there is, and the clock’s minute counts', () => {
    expect(dueAfter('hour at :30', '2026-10-24T23:45:00Z', undefined, 4)).toEqual([
      '2026-10-25T00:30Z',
      '2026-10-25T01:30Z',
      '2026-10-25T02:30Z',
      '2026-10-25T03:30Z',
    ])
    expect(dueAfter('hour', '2026-03-10T12:00:00Z', 'Asia/Kolkata', 2)).toEqual([
      '2026-03-10T12:30Z',
      '2026-03-10T13:30Z',
    ])
  })

  test('the newest of several is told, with how many were before it', () => {
    const day = rhythm('day at 02:30')
    const newest = (from: string, until: string) => newestDue(day, new Date(from), new Date(until))
    expect(newest('2026-03-10T01:30:00Z', '2026-03-11T01:29:59Z')).toBeNull()
    expect(newest('2026-03-10T01:30:00Z', '2026-03-11T01:30:00Z')).toEqual({
      due: new Date('2026-03-11T01:30:00Z'),
      earlier: 0,
    })
    expect(newest('2026-03-10T01:30:00Z', '2026-03-14T12:00:00Z')).toEqual({
      due: new Date('2026-03-14T01:30:00Z'),
      earlier: 3,
    })
    const years = newestDue(rhythm('hour'), new Date('2020-01-01T00:00:00Z'), new Date('2026-03-14T12:10:00Z'))
    expect(years?.due).toEqual(new Date('2026-03-14T12:00:00Z'))
  })
})

test.each([
  '',
  'day',
  'day at 24:00',
  'day at 2',
  'days at 02:30',
  'hour at :60',
  'mon-foo at 02:30',
  'month on 31 at 02:30',
  'month on 0 at 02:30',
  '0 2 * * *',
])('"%s" is no rhythm', (text) => {
  expect(parseEvery(text)).toBeNull()
})
