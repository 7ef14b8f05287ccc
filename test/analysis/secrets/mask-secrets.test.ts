import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maskCards } from '../../../src/analysis/secrets/mask-cards.ts'
import { maskPasswords } from '../../../src/analysis/secrets/mask-passwords.ts'
import { maskSecrets } from '../../../src/analysis/secrets/mask-secrets.ts'
import { maskSocialSecurity } from '../../../src/analysis/secrets/mask-social-security.ts'
import { textOf } from '../../../src/analysis/turn-text.ts'
import { acceptRetell } from '../../../src/conversations/index.ts'
import { sharedData } from '../../support/shared-data.ts'

const mask = (text: string, before = '') => maskSecrets(text, before, new Set())

describe('a secret is masked', () => {
  test.each([
    ['It is 4111111111111111.', 'It is [card number].'],
    ['4111 1111 1111 1111 12/27 cvc 123', '[card number] 12/27 cvc 123'],
    ['5555-5555-5555-4444, good until 12 27', '[card number], good until 12 27'],
    ['3782 822463 10005', '[card number]'],
    ['4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1', '[card number]'],
    ['4111, 1111, 1111, 1111', '[card number]'],
    ['first 2223003122003222 then 6011111111111117', 'first [card number] then [card number]'],
    ['call 212 555 0156 4111 1111 1111 1111', 'call 212 555 0156 [card number]'],
    ['{"pan":"4111111111111111"}', '{"pan":"[card number]"}'],
    ['my social is 123-45-6789', 'my social is [social security number]'],
    ['123 45 6789', '[social security number]'],
    ['SSN: 123456789', 'SSN: [social security number]'],
    ['My password is hunter2.', 'My password is [password].'],
    ['the password for the account is Swordfish!', 'the password for the account is [password]!'],
    ['password: swordfish and so on', 'password: [password] and so on'],
    ['The password is "open sesame"', 'The password is "[password] sesame"'],
    ['Mein Passwort lautet Geheim7', 'Mein Passwort lautet [password]'],
    ['mi contraseña es perro123', 'mi contraseña es [password]'],
    ['mon mot de passe est chat99', 'mon mot de passe est [password]'],
    ['the password that I use is Swordfish', 'the password that I use is [password]'],
    [
      'I forgot it, so my new password for my email is Swordfish.',
      'I forgot it, so my new password for my email is [password].',
    ],
    ['I lost my password and my new password is x1', 'I lost my password and my new password is [password]'],
    ['the password reset code is 4711', 'the password reset code is [password]'],
    ['password: a password: b', 'password: [password] password: [password]'],
    ['{"user":"ana","password":"x y"}', '{"user":"ana","password":"[password] y"}'],
  ])('%s', (text, masked) => {
    expect(mask(text)).toBe(masked)
    expect(mask(masked)).toBe(masked)
  })

  test('where it answers a question', () => {
    expect(mask('Sure, 123456789', 'Your social security number?')).toBe('Sure, [social security number]')
    expect(mask('it is hunter2', 'What is your password?')).toBe('it is [password]')
  })
})

describe('anything else stays as it is', () => {
  test.each([
    ['4111111111111112'],
    ['1234567890123456'],
    ['order 58200341, call +1 212 555 0156 or 12125550156'],
    ['1777424933646 ms, 0.4111111111111111'],
    ['account number 123456789'],
    ['000-12-3456, 666-12-3456, 123-00-4567, 123-45-0000'],
    ['212-555-0156'],
    ['I forgot my password.'],
    ['My password is wrong.'],
    ['the password is not working'],
    ['The password was reset yesterday by me'],
    ['Is the password still the same?'],
    ['my name is hunter2'],
    ['I forgot my password, my email is jo@example.com'],
    ['I forgot my password and my email is jo@example.com'],
    ['I forgot my password, my name is Smith.'],
    ['I forgot my password for the shop and my order number is 58200341'],
    ['Ich habe mein Passwort vergessen und meine Mail ist jo@example.com'],
    ['The password reset link is here.'],
  ])('%s', (text) => expect(mask(text)).toBe(text))

  test('also a bare number or word where nobody asked for a secret', () => {
    expect(mask('It is 123456789', 'Your account number?')).toBe('It is 123456789')
    expect(mask('AB1234', 'Your flight?')).toBe('AB1234')
    expect(mask('AB1234', "I've reset your password. What is your order number?")).toBe('AB1234')
  })
})

test('what an item asks for is spared, the rest is not', () => {
  const text = '4111111111111111, 123-45-6789, password: x1'
  expect(maskSecrets(text, '', new Set(['card number']))).toBe(
    '4111111111111111, [social security number], password: [password]',
  )
})

test('however a card is grouped, no four digits of it in a row are left', () => {
  const glue = fc.array(fc.constantFrom('', ' ', '-', ', ', ' - '), { minLength: 15, maxLength: 15 })
  fc.assert(
    fc.property(glue, fc.constantFrom('', 'a ', 'No. ', '"', '7: '), (glues, lead) => {
      const card = [...'4111111111111111'].map((digit, index) => digit + (glues[index] ?? '')).join('')
      const isShort = !glues.includes(' - ')
      expect(mask(`${lead}${card} ok`)).toBe(`${lead}${isShort ? '[card number]' : card} ok`)
    }),
  )
})

test('texts made to be slow come back', () => {
  for (const part of ['4 1 ', '1', 'password is ', 'ssn ', 'a_', '@', '4111 ']) {
    const text = part.repeat(Math.ceil(500_000 / part.length))
    expect(mask(text, 'your password? ssn?').length).toBeLessThanOrEqual(text.length * 3)
  }
})

/** Without the look that spares most texts the masks. */
const maskAnyway = (text: string, before: string) => maskPasswords(maskSocialSecurity(maskCards(text), before), before)

test('a text that is spared the masks is one that they do not change', () => {
  const digits = fc.array(fc.constantFrom(...'0123456789', '4111', ' ', '-', '–', '.', ', ', '\n'), { maxLength: 24 })
  const part = fc.oneof(
    fc.constantFrom(
      'ssn',
      'social security',
      'password',
      'PA\u017f\u017fWORD',
      'mot de passe',
      'contraseña',
      '\u212aennwort',
      'passcode',
    ),
    fc.constantFrom(' is ', ': ', '?', '"', 'hunter2', 'Swordfish', '4111111111111111', '123-45-6789'),
    digits.map((each) => each.join('')),
    fc.string({ unit: 'grapheme' }),
  )
  const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, text, (said, before) => {
      expect(mask(said, before)).toBe(maskAnyway(said, before))
    }),
    { numRuns: 1_000 },
  )
})

const calls = sharedData('star-calls.jsonl')

test.skipIf(calls.absent)('the real calls hold no such secret, and no turn of theirs is changed', () => {
  const turns = readFileSync(calls.path, 'utf8')
    .trim()
    .split('\n')
    .flatMap((line) => {
      const accepted = acceptRetell(JSON.parse(line), { now: new Date(), defaultCountry: 'US' })
      return 'turns' in accepted ? accepted.turns.map(textOf) : []
    })
  expect(turns.length).toBeGreaterThan(3_000)
  expect(turns.filter((text, index) => mask(text, turns[index - 1]) !== text)).toEqual([])
  expect(turns.filter((text, index) => maskAnyway(text, turns[index - 1] ?? '') !== text)).toEqual([])
})
