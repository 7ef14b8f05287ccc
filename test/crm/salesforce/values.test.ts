import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CrmField } from '../../../src/crm/index.ts'
import { decode, encode, same, toField, toJson } from '../../../src/crm/salesforce/mapper.ts'
import { describeSchema } from '../../../src/crm/salesforce/wire.ts'
import type { Value } from '../../../src/mapping/index.ts'
import { field } from '../hubspot/fields.ts'

const options = ['neg', 'Non-Issue', 'pos']
const text = field('text', { maxLength: 255 })
const mood = field('choice', { options })
const topics = field('choices', { options: ['price', 'time', 'trust'] })
const scale = (places: number) => field('number', { scale: places })
const wire = (of: CrmField, value: Value, timeZone = 'UTC') => encode(of, value, timeZone)

describe('encode', () => {
  test.each<[string, CrmField, Value, string | null]>([
    ['0 is a value', scale(2), 0, '0'],
    ['halves go away from zero', scale(2), '1.005', '1.01'],
    ['below zero too', scale(2), '-1.005', '-1.01'],
    ['less than half is cut', scale(2), '1.00499999', '1'],
    ['rounding carries over', scale(2), '9.995', '10'],
    ['to nothing is 0, not -0', scale(2), '-0.004', '0'],
    ['no places', scale(0), '2.5', '3'],
    ['no places, below zero', scale(0), '-2.5', '-3'],
    ['18 digits keep all', scale(2), '9007199254740993.125', '9007199254740993.13'],
    ['18 digits, whole', scale(0), '999999999999999999', '999999999999999999'],
    ['small fractions round up', scale(4), '0.00005', '0.0001'],
    ['a number with an exponent', scale(2), 1e21, '1000000000000000000000'],
    ['false is a value', field('boolean'), false, 'false'],
    ['a checkbox has no third state', field('boolean'), null, 'false'],
    ['blank text unchecks it', field('boolean'), ' ', 'false'],
    ['a date', field('date'), '2026-02-28', '2026-02-28'],
    ['a time is cut to the second', field('datetime'), '2026-11-21T23:59:59.999-05:00', '2026-11-22T04:59:59.000Z'],
    ['before 1970 too', field('datetime'), '1969-12-31T23:59:59.500Z', '1969-12-31T23:59:59.000Z'],
    ['a day as time', field('datetime'), '2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['an option', mood, 'Non-Issue', 'Non-Issue'],
    ['choices sorted, once each', topics, ['trust', ' price ', 'trust', ''], 'price;trust'],
    ['no choice is empty', topics, [], null],
    ['a list into text', text, ['a', 'b'], 'a, b'],
    ['null clears', text, null, null],
    ['a broken character is replaced', text, 'a\ud83d b\0c', 'a\ufffd bc'],
  ])('%s', (_, of, value, expected) => {
    expect(wire(of, value)).toEqual({ wire: expected })
  })

  test.each<[string, CrmField, Value]>([
    ['a word for a number', scale(2), 'twelve'],
    ['a thousands separator', scale(2), '1,200'],
    ['yes for a checkbox', field('boolean'), 'yes'],
    ['a day that is none', field('date'), '2026-02-30'],
    ['a time without its offset', field('datetime'), '2026-11-21T10:00:00'],
    ['an unknown value of a restricted picklist', mood, 'great'],
    ['another case of an option', mood, 'POS'],
    ['one unknown choice among known ones', topics, ['price', 'weather']],
    ['empty where the field is required', field('text', { required: true }), ' '],
    ['anything for a read-only field', field('text', { writable: false }), 'x'],
  ])('refuses %s, without quoting it', (_, of, value) => {
    const encoded = wire(of, value)
    expect(encoded).toEqual({ refused: expect.any(String) })
    if ('refused' in encoded && typeof value === 'string' && value.trim() !== '')
      expect(encoded.refused).not.toContain(value)
  })

  test('an instant falls on the day of the org’s zone', () => {
    const late = '2026-11-22T03:30:00Z'
    expect(wire(field('date'), late, 'America/Los_Angeles')).toEqual({ wire: '2026-11-21' })
    expect(wire(field('date'), late, 'Europe/Berlin')).toEqual({ wire: '2026-11-22' })
  })

  test('line ends count twice, as they are stored, and one that is double already counts as it is', () => {
    expect(wire(field('text', { maxLength: 5 }), 'a\nb\nc')).toEqual({ wire: 'a\n…' })
    expect(wire(field('text', { maxLength: 7 }), 'a\nb\nc')).toEqual({ wire: 'a\nb\nc' })
    expect(wire(field('text', { maxLength: 7 }), 'a\r\nb\r\nc')).toEqual({ wire: 'a\r\nb\r\nc' })
  })

  test('text is cut between characters and marked', () => {
    expect(wire(field('text', { maxLength: 4 }), 'ab🙂🙂')).toEqual({ wire: 'ab…' })
    expect(wire(field('text', { maxLength: 6 }), 'ab🙂🙂')).toEqual({ wire: 'ab🙂🙂' })
    expect(wire(text, 'x'.repeat(256))).toEqual({ wire: `${'x'.repeat(254)}…` })
  })
})

describe('same', () => {
  test.each<[string, CrmField, string | null, string | null]>([
    ['empty in two spellings', text, null, '  '],
    ['line ends', text, 'a\r\nb', 'a\nb'],
    ['accents, composed and not', text, 'caf\u00e9', 'cafe\u0301'],
    ['the case of the e-mail', field('text', { name: 'Email' }), 'Jo@X.com', 'jo@x.com'],
    ['zeros of a number', scale(2), '12', '12.00'],
    ['what its scale rounds away', scale(2), '1.005', '1.01'],
    ['an exponent', scale(0), '1.0E18', '1000000000000000000'],
    ['unchecked and never set', field('boolean'), 'false', null],
    ['a time as they spell it', field('datetime'), '2026-11-22T04:30:00.000+0000', '2026-11-22T04:30:00.000Z'],
    ['a time in its milliseconds', field('datetime'), '2026-11-22T04:30:00.900Z', '2026-11-22T04:30:00Z'],
    ['the order of choices', topics, 'price;time', 'time;price'],
    ['a date', field('date'), '2026-11-21', ' 2026-11-21'],
  ])('%s is no difference', (_, of, a, b) => {
    expect([same(of, a, b), same(of, b, a)]).toEqual([true, true])
  })

  test.each<[string, CrmField, string | null, string | null]>([
    ['0 and empty', scale(2), '0', null],
    ['checked and never set', field('boolean'), 'true', null],
    ['the case of another text', text, 'Ok', 'ok'],
    ['the case of an option', mood, 'pos', 'Pos'],
    ['18 digits in their last', scale(0), '999999999999999998', '999999999999999999'],
    ['two seconds', field('datetime'), '2026-11-22T04:30:00Z', '2026-11-22T04:30:01Z'],
    ['two days', field('date'), '2026-11-21', '2026-11-22'],
    ['one choice more', topics, 'price', 'price;time'],
  ])('%s differ', (_, of, a, b) => {
    expect([same(of, a, b), same(of, b, a)]).toEqual([false, false])
  })
})

test('whatever encode makes of a value is encoded the same once it was read, of every kind', () => {
  const days = fc.date({ min: new Date('1700-01-01'), max: new Date('3999-12-31'), noInvalidDate: true })
  const decimals = fc.double({ noNaN: true, noDefaultInfinity: true })
  const given = fc.oneof(
    fc.tuple(fc.constantFrom(text, field('text', { maxLength: 40 })), fc.string({ unit: 'binary', maxLength: 300 })),
    fc.tuple(fc.constantFrom(scale(0), scale(2), scale(4)), decimals),
    fc.tuple(fc.constant(field('boolean')), fc.oneof(fc.boolean(), fc.constant(null))),
    fc.tuple(
      fc.constantFrom(field('date'), field('datetime')),
      days.map((at) => at.toISOString()),
    ),
    fc.tuple(fc.constant(mood), fc.constantFrom(...options, null)),
    fc.tuple(fc.constant(topics), fc.subarray(['trust', 'price', 'time'])),
  )
  fc.assert(
    fc.property(given, fc.constantFrom('UTC', 'America/Los_Angeles', 'Asia/Kathmandu'), ([of, value], timeZone) => {
      const encoded = wire(of, value, timeZone)
      if (!('wire' in encoded)) throw new Error(encoded.refused)
      expect(wire(of, decode(of, encoded.wire), timeZone)).toEqual(encoded)
      expect(same(of, encoded.wire, encoded.wire)).toBe(true)
      expect(toJson(of, encoded.wire), 'it can be sent').not.toBeUndefined()
    }),
  )
})

describe('JSON', () => {
  test.each<[string, CrmField, string | null, unknown]>([
    ['a number is a number', scale(2), '-12.5', -12.5],
    ['an empty one null', scale(2), null, null],
    ['a word is none', scale(2), 'twelve', undefined],
    ['blank is none', scale(2), ' ', undefined],
    ['a checkbox is a boolean', field('boolean'), 'true', true],
    ['never null', field('boolean'), null, false],
    ['and no other word', field('boolean'), 'yes', undefined],
    ['a text is a text', text, '12', '12'],
  ])('%s', (_, of, given, expected) => {
    expect(toJson(of, given)).toBe(expected)
  })
})

describe('a described field', () => {
  const described = (changes: Record<string, unknown>, tracked: ReadonlySet<string> | null = new Set(['F'])) => {
    const plain = { name: 'F', label: 'F', type: 'string', updateable: true, nillable: true }
    return describeSchema.parse({ fields: [{ ...plain, ...changes }] }).fields.map((one) => toField(one, tracked))[0]
  }
  const picklistValues = [
    { active: true, value: 'a', label: 'A' },
    { active: false, value: 'old', label: 'Old' },
  ]

  test.each([
    ['string', 'text'],
    ['textarea', 'text'],
    ['phone', 'text'],
    ['email', 'text'],
    ['url', 'text'],
    ['reference', 'text'],
    ['combobox', 'text'],
    ['encryptedstring', 'text'],
    ['int', 'number'],
    ['double', 'number'],
    ['currency', 'number'],
    ['percent', 'number'],
    ['boolean', 'boolean'],
    ['date', 'date'],
    ['datetime', 'datetime'],
    ['picklist', 'choice'],
    ['multipicklist', 'choices'],
    ['something_new', 'text'],
  ])('%s is a %s', (type, kind) => {
    expect(described({ type })?.kind).toBe(kind)
  })

  test('says how long, how exact, which options, whether required', () => {
    expect(described({ length: 80 })).toEqual({
      name: 'F',
      label: 'F',
      kind: 'text',
      writable: true,
      unique: false,
      maxLength: 80,
      options: null,
      scale: null,
      required: false,
      hasHistory: true,
    })
    expect(described({ type: 'percent', scale: 1 })?.scale).toBe(1)
    expect(described({ type: 'int', scale: 3 })?.scale, 'whole').toBe(0)
    expect(described({ type: 'picklist', length: 255, picklistValues })).toMatchObject({
      options: ['a'],
      maxLength: null,
    })
    expect(
      described({ type: 'picklist', restrictedPicklist: false, picklistValues })?.options,
      'refused all the same',
    ).toEqual(['a'])
    expect(described({ nillable: false })?.required).toBe(true)
    expect(described({ type: 'boolean', nillable: false })?.required, 'it is never empty').toBe(false)
    expect(described({ externalId: true })?.unique).toBe(true)
  })

  test.each([
    { updateable: false },
    { calculated: true },
    { autoNumber: true },
    { type: 'address' },
    { type: 'location' },
    { type: 'base64' },
    { type: 'id' },
  ])('%o is read-only', (changes) => {
    expect(described(changes)?.writable).toBe(false)
  })

  test('has a history where the admin keeps one, and where the org does not tell', () => {
    expect(described({}, new Set())?.hasHistory).toBe(false)
    expect(described({}, null)?.hasHistory).toBe(true)
  })
})
