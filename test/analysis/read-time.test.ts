import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDay, readInstant } from '../../src/analysis/read-time.ts'

describe('a day', () => {
  test.each([
    ['2026-03-05', '2026-03-05'],
    [' 2026/3/5 ', '2026-03-05'],
    ['2026.03.05', '2026-03-05'],
    ['March 5, 2026', '2026-03-05'],
    ['Mar. 5th 2026', '2026-03-05'],
    ['Thursday, 5 March 2026', '2026-03-05'],
    ['1st of SEPT 2026', '2026-09-01'],
    ['5.3.2026', '2026-03-05'],
    ['May 31, 2026', '2026-05-31'],
    ['2028-02-29', '2028-02-29'],
  ])('%j is %s', (text, day) => expect(readDay(text)).toBe(day))

  test.each([
    ...['', 'tomorrow', 'next Tuesday', 'March 5', '2026', '2026-03', '2026-02-29', '2026-13-01', '2026-00-10'],
    ...['2026-04-31', 'April 31, 2026', '31.4.2026', '3/4/2026', '05-03-2026', '2026-03/05', '0026-03-05', '20260305'],
    ...['Marchy 5, 2026', '2026-03-05T00:00:00Z', '2026-03-05 or 06', '+012026-03-05', '２０２６-03-05'],
  ])('%j is none', (text) => expect(readDay(text)).toBeNull())
})

describe('an instant', () => {
  test.each([
    ['2026-03-05T15:00Z', '2026-03-05T15:00:00.000Z'],
    ['2026-03-05T15:00:59.999Z', '2026-03-05T15:00:59.000Z'],
    ['2026-03-05T15:00:00+02:00', '2026-03-05T13:00:00.000Z'],
    ['2026-03-05T23:30-0530', '2026-03-06T05:00:00.000Z'],
    ['2026-03-05 15:00', '2026-03-05T15:00:00.000Z'],
    ['March 5, 2026 at 3 pm', '2026-03-05T15:00:00.000Z'],
    ['March 5, 2026, 12:05 a.m.', '2026-03-05T00:05:00.000Z'],
    ['5 Mar 2026 12 pm UTC', '2026-03-05T12:00:00.000Z'],
  ])('%j is %s', (text, instant) => expect(readInstant(text)).toBe(instant))

  test.each([
    ...['', '15:00', '2026-03-05', '2026-03-05 15', '2026-03-05T24:00Z', '2026-03-05T12:60Z', '2026-03-05T12:00:60Z'],
    ...['2026-02-30T12:00Z', 'March 5, 2026 at 13 pm', 'March 5, 2026 at 0 am', '2026-03-05T15:00+15:00'],
    ...['2026-03-05T15:00 Berlin', 'tomorrow at 3 pm', '2026-03-05T15:00+02:99'],
  ])('%j is none', (text) => expect(readInstant(text)).toBeNull())
})

test('every day and time that is written in ISO is read as itself, again and again', () => {
  const between = { min: new Date('1000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }
  fc.assert(
    fc.property(fc.date(between), (date) => {
      const second = new Date(Math.floor(date.getTime() / 1000) * 1000).toISOString()
      expect(readInstant(second)).toBe(second)
      expect(readDay(second.slice(0, 10))).toBe(second.slice(0, 10))
    }),
  )
})

test('a hostile text costs no more than its length', () => {
  const started = performance.now()
  for (const part of ['a', ' a', '1 ', ' at ', '2026-', 'T1:']) {
    expect(readDay(part.repeat(100_000))).toBeNull()
    expect(readInstant(part.repeat(100_000))).toBeNull()
  }
  expect(performance.now() - started).toBeLessThan(2_000)
})
