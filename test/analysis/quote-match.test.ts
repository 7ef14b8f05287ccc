import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isQuoteOf } from '../../src/analysis/quote-match.ts'

const turn =
  'Well, my budget is about $1,500 – maybe 2 thousand –, and, um, I’d like to book the “Café Größe” for 5 people. E-mail me!'

describe('a true quote', () => {
  test.each([
    ['word for word', 'my budget is about $1,500'],
    ['with other case, punctuation and spacing', 'MY BUDGET IS, ABOUT: 1500'],
    ['with straight quotes and another dash', 'I\'d like to book the "Café Größe"'],
    ['with decomposed accents', 'book the Cafe\u0301 Gro\u0308ße'],
    ['in full-width letters', 'ｆｏｒ ５ ｐｅｏｐｌｅ'],
    ['joined or split', 'email me'],
    ['of one word', 'people'],
    ['of one number', '5'],
    ['without a filler', 'maybe 2 thousand and I’d like to book'],
    ['with hidden characters', 'bud\u200bget is'],
  ])('%s is found', (_, quote) => {
    expect(isQuoteOf(quote, turn)).toBe(true)
  })

  test('is found in scripts without spaces', () => {
    expect(isQuoteOf('五千円です', '予算は五千円です。')).toBe(true)
    expect(isQuoteOf('六千円です', '予算は五千円です。')).toBe(false)
    expect(isQuoteOf('मेरा बजट', 'जी, मेरा बजट पाँच हज़ार है')).toBe(true)
  })

  test('is found wherever it is cut out at word borders, whatever is done to its case and punctuation', () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é', 'ß', '1', '2'), minLength: 1 }), {
      minLength: 1,
    })
    fc.assert(
      fc.property(words, fc.nat(), fc.nat(), fc.constantFrom(' ', ', ', ' … ', '\n'), (text, from, length, glue) => {
        const start = from % text.length
        const quote = text.slice(start, start + 1 + (length % text.length))
        expect(isQuoteOf(quote.join(glue).toUpperCase(), text.join(' '))).toBe(true)
      }),
    )
  })
})

describe('a quote that nobody said', () => {
  test.each([
    ['invented', 'my budget is unlimited'],
    ['empty', ''],
    ['of punctuation only', '… – !'],
    ['with another number', 'my budget is about 2500'],
    ['with a number inside a longer one', '500'],
    ['ending inside a word', 'my budg'],
    ['with one telling word exchanged', 'well my budget is about unlimited'],
    ['of true words from here and there', 'my people like the budget'],
    ['of two true words far apart', 'budget maybe'],
    ['with a few invented words among true ones', 'my budget covers everything you could want'],
  ])('%s is not found', (_, quote) => {
    expect(isQuoteOf(quote, turn)).toBe(false)
  })

  test('is not found where most of its words come in another order', () => {
    expect(isQuoteOf('people five for table a book', 'I want to book a table for five people')).toBe(false)
  })
})

test.each([
  ['I do want the Pro plan today', 'I do not want the Pro plan today'],
  ['I do not want the Pro plan today', 'I do want the Pro plan today'],
  ["I don't want the Pro plan today", 'I do want the Pro plan today'],
  ['do need parking but I can only eat fish', 'I do not need parking, but I can only eat fish'],
  ['ich will das große Paket heute', 'ich will nicht das große Paket heute'],
])('"%s" is no quote of "%s"', (quote, text) => expect(isQuoteOf(quote, text)).toBe(false))

test('a quote with one word misheard is found, a short one is not', () => {
  expect(isQuoteOf('I want to book a table on Friday', 'yes I want to book the table on Friday please')).toBe(true)
  expect(isQuoteOf('on Friday', 'on Monday')).toBe(false)
})

test('transcripts and answers made to be slow are answered like any other', () => {
  const letters = 'a'.repeat(1_000_000)
  const words = 'a '.repeat(500_000)
  const sixty = Array.from({ length: 59 }, (_, index) => `w${index}`).join(' ')
  expect(isQuoteOf(letters, letters)).toBe(true)
  expect(isQuoteOf('a'.repeat(100_000), letters)).toBe(false)
  expect(isQuoteOf(`${'a'.repeat(100_000)}b`, words)).toBe(false)
  expect(isQuoteOf(`${words} b`, words)).toBe(false)
  expect(isQuoteOf(`${sixty} a`, words)).toBe(false)
  expect(isQuoteOf('a a a marmalade', words)).toBe(false)
})
