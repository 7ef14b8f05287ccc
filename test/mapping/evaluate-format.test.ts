import { describe, expect, test } from 'vitest'
import { evaluate, fold, parseMapping, type Rule, type StepEvent, type Value } from '../../src/mapping/index.ts'
import { answered, nothing, silent, spoken, value } from './saying.ts'

function rule(format: object, more: object = {}): Rule {
  const fields = [{ from: 'a', to: 'x', format, ...more }]
  const match = [{ email: 'metadata.email' }]
  const file = JSON.stringify({ version: 1, crm: 'hubspot', connection: 'main', object: 'contacts', match, fields })
  const parsed = parseMapping(file, 'a.yaml')
  const [read] = 'mapping' in parsed ? parsed.mapping.rules : []
  if (read === undefined) throw new Error(JSON.stringify(parsed))
  return read
}

const says = (format: object, heard: Value) => evaluate(rule(format), spoken, { a: answered(heard) })

/** What calls say one after the other, as the events of a timeline. */
function said(rule: Rule, answers: Value[]): StepEvent[] {
  return answers.map((heard, index) => {
    const each = evaluate(rule, spoken, { a: answered(heard) })
    if (each.says !== 'value') throw new Error(JSON.stringify(each))
    return { kind: 'said', at: index, startedAt: index, conversationId: String(index), value: each.value }
  })
}

describe('numbers', () => {
  test.each<[object, Value, number | string]>([
    [{ decimals: 0 }, 2.5, 3],
    [{ decimals: 0 }, -2.5, -3],
    [{ decimals: 2 }, 1.005, 1.01],
    [{ decimals: 2 }, 3, 3],
    [{ decimals: 0 }, -0.2, 0],
    [{ decimals: 0 }, 0, 0],
    [{ decimals: 2 }, 1e21, 1e21],
    [{ scale: 100 }, 0.07, 7],
    [{ scale: 0.001 }, 1234, 1.234],
    [{ scale: 3 }, 0.1, 0.3],
    [{ scale: -1, decimals: 1 }, 1.25, -1.3],
    [{ decimals: 1 }, ' 12.34 ', 12.3],
    [{ decimals: 2, locale: 'de-DE', suffix: ' €' }, 1234.5, '1.234,50 €'],
    [{ locale: 'fr-FR', grouping: true }, 1234567.891, '1 234 567,891'],
    [{ prefix: '$' }, 0, '$0'],
    [{ grouping: true }, 1234567, '1,234,567'],
    [{ grouping: false, suffix: ' min', scale: 1 / 60, decimals: 0 }, 90_000, '1500 min'],
    [{ locale: 'en-IN', grouping: true }, 12345678, '1,23,45,678'],
  ])('%j of %j', (format, heard, written) => expect(says(format, heard)).toEqual(value(written)))

  test.each<Value>(['about five', '1,234', '0x10', '', ' ', true, ['1']])('%j is no number', (heard) => {
    const isBlank = typeof heard === 'string' && heard.trim() === ''
    expect(says({ decimals: 0 }, heard)).toEqual(isBlank ? nothing('blank') : silent('not_formatted'))
  })

  test('rounded and scaled ones are numbers still, so max compares them as such', () => {
    const best = rule({ scale: 0.01, decimals: 1 }, { mode: 'max' })
    const events = said(best, [900, 10_000, 1_049])
    expect(fold(events, best).value).toBe(100)
    expect(fold(events.slice(0, 1), best).value).toBe(9)
    expect(fold(events.toSpliced(1, 1), best).value).toBe(10.5)
  })
})

describe('dates', () => {
  const at = '2026-03-01T23:05:09.123Z'
  test.each<[object, string, string]>([
    [{ date: 'yyyy-MM-dd' }, at, '2026-03-01'],
    [{ date: 'yyyy-MM-dd', time_zone: 'Europe/Berlin' }, at, '2026-03-02'],
    [{ date: 'dd.MM.yy, HH:mm:ss', time_zone: 'Europe/Berlin' }, at, '02.03.26, 00:05:09'],
    [{ date: 'd/M H', time_zone: 'America/New_York' }, at, '1/3 18'],
    [{ date: 'hh:mm a, h a' }, at, '11:05 PM, 11 PM'],
    [{ date: 'h a', time_zone: 'UTC' }, '2026-03-01T00:30:00Z', '12 AM'],
    [{ date: "EEE d MMM yyyy 'at' H 'o''clock'" }, at, "Sun 1 Mar 2026 at 23 o'clock"],
    [{ date: "MMM ''yy" }, at, "Mar '26"],
    [{ date: 'EEEE, d. MMMM yyyy', locale: 'de-DE' }, at, 'Sonntag, 1. März 2026'],
    [{ date: 'd MMMM', locale: 'ru-RU' }, at, '1 марта'],
    // Its own calendar would name another month beside this day.
    [{ date: 'd MMMM yyyy, EEEE', locale: 'fa-IR' }, at, '1 مارس 2026, یکشنبه'],
    [{ date: 'medium' }, at, 'Mar 1, 2026'],
    [{ date: 'long', locale: 'en-GB' }, at, '1 March 2026'],
    [{ date: 'medium', time: 'short' }, at, 'Mar 1, 2026, 11:05 PM'],
    [{ time: 'short', locale: 'de-DE', time_zone: 'Asia/Kolkata' }, at, '04:35'],
    // A day is the same everywhere, and so is a time that does not say where.
    [{ date: 'd MMM yyyy', time_zone: 'America/New_York' }, '2026-03-01', '1 Mar 2026'],
    [{ date: 'd MMM HH:mm', time_zone: 'America/New_York' }, '2026-03-01T10:00', '1 Mar 10:00'],
    [{ date: 'd MMM HH:mm', time_zone: 'UTC' }, '2026-03-01T10:00:00+02:00', '1 Mar 08:00'],
    [{ date: 'yyyy-MM-dd' }, '2028-02-29', '2028-02-29'],
  ])('%j of %s', (format, heard, written) => expect(says(format, heard)).toEqual(value(written)))

  test.each<[object, Value]>([
    [{ date: 'medium' }, 'tomorrow'],
    [{ date: 'medium' }, '2026-02-30'],
    [{ date: 'medium' }, '2026-13-01'],
    [{ date: 'medium' }, '2026-03-01T25:00Z'],
    [{ date: 'medium' }, 1_772_000_000_000],
    [{ date: 'medium' }, ['2026-03-01']],
    // A day has no time of the day, and midnight would be a lie.
    [{ date: 'd MMM HH:mm' }, '2026-03-01'],
    [{ date: 'medium', time: 'short' }, '2026-03-01'],
  ])('%j has no form of %j', (format, heard) => expect(says(format, heard)).toEqual(silent('not_formatted')))

  test('a fact is written like an answer', () => {
    const written = { ...rule({ date: 'd MMM yyyy' }), from: ['$ended_at'] }
    expect(evaluate(written, spoken, {})).toEqual(value('1 Mar 2026'))
  })

  test('yyyy-MM-dd is a day still, so max finds the last', () => {
    const last = rule({ date: 'yyyy-MM-dd', time_zone: 'Europe/Berlin' }, { mode: 'max' })
    const events = said(last, ['2026-03-01T23:05:00Z', '2026-03-02', '2025-12-31T23:59:00Z'])
    expect(fold(events, last).value).toBe('2026-03-02')
    expect(fold(events.slice(0, 1), last).value).toBe('2026-03-02')
    expect(fold(events.slice(2), last).value).toBe('2026-01-01')
  })
})
