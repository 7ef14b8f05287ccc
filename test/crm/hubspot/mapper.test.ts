import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode, encode, same, toField } from '../../../src/crm/hubspot/mapper.ts'
import { propertiesSchema } from '../../../src/crm/hubspot/wire.ts'
import type { CrmField } from '../../../src/crm/index.ts'
import type { Value } from '../../../src/mapping/index.ts'
import { field } from './fields.ts'

const text = field('text', { maxLength: 65_536 })
const mood = field('choice', { options: ['pos', 'neg', 'Non-Issue'] })
const topics = field('choices', { options: ['price', 'time', 'trust'] })
const wire = (of: CrmField, value: Value, timeZone = 'UTC') => encode(of, value, timeZone)

describe('encode', () => {
  test.each<[string, CrmField, Value, string | null]>([
    ['0 is a value', field('number'), 0, '0'],
    ['-0 is 0', field('number'), -0, '0'],
    ['numbers have no exponent', field('number'), 1e21, '1000000000000000000000'],
    ['however small', field('number'), 1.5e-7, '0.00000015'],
    ['a number as text', field('number'), ' 012.50 ', '12.5'],
    ['false is a value', field('boolean'), false, 'false'],
    ['yes and no as text', field('boolean'), 'TRUE', 'true'],
    ['null is empty', text, null, null],
    ['blank text is empty', text, ' \n\t ', null],
    ['text is trimmed, not changed', text, ' a\r\n"b" \\ é 🙂 ', 'a\r\n"b" \\ é 🙂'],
    ['a number into text', text, 0, '0'],
    ['false into text', text, false, 'false'],
    ['a list into text', text, ['a', 'b'], 'a, b'],
    ['a broken character is replaced', text, 'a\ud83d b\0c', 'a\ufffd bc'],
    ['a day', field('date'), '2026-11-21', '2026-11-21'],
    ['an instant as time', field('datetime'), '2026-11-21T23:30:00-05:00', '2026-11-22T04:30:00.000Z'],
    ['a day as time', field('datetime'), '2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['an option by its value', mood, 'Non-Issue', 'Non-Issue'],
    ['a list of one into a choice', mood, ['pos'], 'pos'],
    ['an empty list is empty', mood, [], null],
    ['choices sorted, once each', topics, ['trust', ' price ', 'trust', ''], 'price;trust'],
    ['choices as text, never appending', topics, ';time;price', 'price;time'],
    ['no choice is empty', topics, [], null],
    ['a choice of which the options are elsewhere', field('choice'), '4711', '4711'],
  ])('%s', (_, of, value, expected) => {
    expect(wire(of, value)).toEqual({ wire: expected })
  })

  test.each<[string, CrmField, Value]>([
    ['a thousands separator', field('number'), '1,200'],
    ['a word for a number', field('number'), 'twelve'],
    ['infinity', field('number'), Number.POSITIVE_INFINITY],
    ['true as a number', field('number'), true],
    ['1 as a boolean', field('boolean'), 1],
    ['yes as a boolean', field('boolean'), 'yes'],
    ['a day that is none', field('date'), '2026-02-30'],
    ['a time without its offset', field('datetime'), '2026-11-21T10:00:00'],
    ['a label for an option', mood, 'Positive'],
    ['another case of an option', mood, 'POS'],
    ['two values for one choice', mood, ['pos', 'neg']],
    ['one unknown choice among known ones', topics, ['price', 'weather']],
    ['a choice with a separator in it', field('choices'), ['a;b']],
    ['anything for a read-only field', field('text', { writable: false }), 'x'],
  ])('refuses %s, without quoting it', (_, of, value) => {
    const encoded = wire(of, value)
    expect(encoded).toEqual({ refused: expect.any(String) })
    if ('refused' in encoded && typeof value === 'string') expect(encoded.refused).not.toContain(value)
  })

  test('an instant falls on the day of the account, not of UTC', () => {
    const late = '2026-11-22T03:30:00Z'
    expect(wire(field('date'), late, 'America/New_York')).toEqual({ wire: '2026-11-21' })
    expect(wire(field('date'), late, 'UTC')).toEqual({ wire: '2026-11-22' })
  })

  test('text too long for HubSpot is cut between characters and marked', () => {
    const encoded = wire(text, `${'x'.repeat(65_534)}🙂🙂`)
    expect(encoded).toEqual({ wire: `${'x'.repeat(65_534)}…` })
    expect(wire(text, 'x'.repeat(70_000))).toEqual({ wire: `${'x'.repeat(65_535)}…` })
    expect(wire(text, 'x'.repeat(65_536))).toEqual({ wire: 'x'.repeat(65_536) })
  })
})

describe('same', () => {
  test.each<[string, CrmField, string | null, string | null]>([
    ['empty in three spellings', text, null, '  '],
    ['spaces around', text, ' a ', 'a'],
    ['line ends', text, 'a\r\nb', 'a\nb'],
    ['composed and combining accents', text, 'caf\u00e9', 'cafe\u0301'],
    ['the case of an e-mail', field('text', { name: 'email' }), 'Jo@X.com', 'jo@x.com'],
    ['the scale of a number', field('number'), '12', '12.00'],
    ['zeros before a number', field('number'), '007', '7'],
    ['minus zero', field('number'), '-0.0', '0'],
    ['an exponent', field('number'), '1.2e3', '1200'],
    ['the case of a boolean', field('boolean'), 'True', 'true'],
    ['the order of choices', topics, 'price;time', 'time; price'],
    ['a date as midnight in milliseconds', field('date'), '2026-11-21', '1795219200000'],
    ['a time in two zones', field('datetime'), '2026-11-21T10:00:00Z', '2026-11-21T11:00:00.000+01:00'],
    ['a time in milliseconds', field('datetime'), '2026-11-21T00:00:00.000Z', '1795219200000'],
  ])('%s is no difference', (_, of, a, b) => {
    expect(same(of, a, b)).toBe(true)
    expect(same(of, b, a)).toBe(true)
  })

  test.each<[string, CrmField, string | null, string | null]>([
    ['0 and empty', field('number'), '0', null],
    ['false and empty', field('boolean'), 'false', null],
    ['the case of a text', text, 'Ok', 'ok'],
    ['spaces inside', text, 'a  b', 'a b'],
    ['the case of an option', mood, 'pos', 'Pos'],
    ['1.0 in a text', text, '1.0', '1'],
    ['long numbers in their last digit', field('number'), '12345678901234567890', '12345678901234567891'],
    ['one choice more', topics, 'price', 'price;time'],
    ['two days', field('date'), '2026-11-21', '2026-11-22'],
  ])('%s differ', (_, of, a, b) => {
    expect(same(of, a, b)).toBe(false)
  })
})

describe('decode', () => {
  test.each<[string, CrmField, string | null, Value]>([
    ['empty', text, '', null],
    ['blank', text, '   ', null],
    ['text as it stands', text, ' a\r\nb', ' a\r\nb'],
    ['zero', field('number'), '0.0', 0],
    ['a number that is none', field('number'), 'n/a', 'n/a'],
    ['false', field('boolean'), 'false', false],
    ['a boolean that is none', field('boolean'), 'maybe', 'maybe'],
    ['a date in milliseconds', field('date'), '1795219200000', '2026-11-21'],
    ['a time', field('datetime'), '2026-11-21T11:00:00+01:00', '2026-11-21T10:00:00.000Z'],
    ['choices', topics, 'time;price;', ['price', 'time']],
    ['a choice', mood, 'pos', 'pos'],
  ])('%s', (_, of, given, expected) => {
    expect(decode(of, given)).toEqual(expected)
  })

  test('whatever encode makes of a text or a number comes back as the same', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.double({ noNaN: true, noDefaultInfinity: true })),
        (value) => {
          const of = typeof value === 'string' ? text : field('number')
          const encoded = wire(of, value)
          if (!('wire' in encoded)) throw new Error(encoded.refused)
          const back = decode(of, encoded.wire)
          expect(typeof value === 'number' ? back === value : same(of, String(back ?? ''), encoded.wire)).toBe(true)
          expect(wire(of, back)).toEqual(encoded)
        },
      ),
    )
  })
})

describe('a property as a field', () => {
  const described = (property: Record<string, unknown>) => {
    const { results } = propertiesSchema.parse({ results: [{ name: 'p', label: 'P', type: 'string', ...property }] })
    return results.map(toField)[0]
  }
  const options = [{ label: 'A', value: 'a' }]

  test.each([
    ['string', 'textarea', 'text'],
    ['number', 'number', 'number'],
    ['bool', 'booleancheckbox', 'boolean'],
    ['enumeration', 'booleancheckbox', 'boolean'],
    ['enumeration', 'select', 'choice'],
    ['enumeration', 'radio', 'choice'],
    ['enumeration', 'checkbox', 'choices'],
    ['date', 'date', 'date'],
    ['datetime', 'date', 'datetime'],
    ['something_new', 'html', 'text'],
  ])('%s %s is a %s', (type, fieldType, kind) => {
    expect(described({ type, fieldType, options })?.kind).toBe(kind)
  })

  test('says what may be written, how long, and which options', () => {
    expect(described({ fieldType: 'text', hasUniqueValue: true })).toEqual({
      name: 'p',
      label: 'P',
      kind: 'text',
      writable: true,
      unique: true,
      maxLength: 65_536,
      options: null,
      scale: null,
      required: false,
      hasHistory: true,
      isKey: true,
    })
    expect(described({ type: 'enumeration', fieldType: 'select', options })?.options).toEqual(['a'])
    expect(described({ type: 'enumeration', fieldType: 'select', externalOptions: true })?.options).toBeNull()
    expect(described({ calculated: true })?.writable).toBe(false)
    expect(described({ modificationMetadata: { readOnlyValue: true } })?.writable).toBe(false)
    expect(described({ type: 'phone_number', fieldType: 'phonenumber' })?.writable).toBe(false)
  })
})
