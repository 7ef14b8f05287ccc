import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clean } from '../../src/analysis/clean.ts'

/** Each kind of character that nobody sees, by its ranges. */
const hidden: [string, number, number][] = [
  ['controls', 0x00, 0x08],
  ['more controls', 0x0e, 0x1f],
  ['the controls behind ASCII', 0x7f, 0x84],
  ['and more of them', 0x86, 0x9f],
  ['the soft hyphen', 0xad, 0xad],
  ['the joiner of graphemes', 0x34f, 0x34f],
  ['the Arabic letter mark', 0x61c, 0x61c],
  ['Hangul fillers', 0x115f, 0x1160],
  ['Mongolian selectors', 0x180b, 0x180f],
  ['zero-width characters and direction marks', 0x200b, 0x200f],
  ['bidi embeddings', 0x202a, 0x202e],
  ['word joiners, invisible operators, bidi isolates', 0x2060, 0x206f],
  ['the wide filler', 0x3164, 0x3164],
  ['private use', 0xe000, 0xf8ff],
  ['variation selectors', 0xfe00, 0xfe0d],
  ['the byte order mark', 0xfeff, 0xfeff],
  ['the half-width filler', 0xffa0, 0xffa0],
  ['annotation marks', 0xfff9, 0xfffb],
  ['tags', 0xe0000, 0xe007f],
  ['more variation selectors', 0xe0100, 0xe01ef],
  ['private planes', 0xf0000, 0xf00ff],
]
const isHidden = (code: number) => hidden.some(([, from, to]) => code >= from && code <= to)

describe('what nobody sees', () => {
  test.each(hidden)('%s: none survives', (_, from, to) => {
    const all = Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index))
    expect(clean(`a${all.join('')}b${all.join('c')}d`)).toBe(`ab${'c'.repeat(all.length - 1)}d`)
  })

  test('is all that goes, wherever it stands: everything else survives in its order', () => {
    const code = fc.oneof(
      fc.integer({ min: 0x20, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff),
      fc.constantFrom(...hidden.flatMap(([, from, to]) => [from, to])),
      fc.integer({ min: 0x20, max: 0x7e }),
    )
    // Line ends, emoji selectors and the bars of role marks have rules and tests of their own.
    const special = new Set([0x85, 0x2028, 0x2029, 0xfe0e, 0xfe0f, 0x7c, 0xff5c])
    const lone = /[\p{Cf}\p{Co}\p{Default_Ignorable_Code_Point}]/u
    fc.assert(
      fc.property(fc.array(code.filter((one) => !special.has(one))), (codes) => {
        const seen = codes.filter((one) => !isHidden(one) && !lone.test(String.fromCodePoint(one)))
        expect(clean(String.fromCodePoint(...codes))).toBe(String.fromCodePoint(...seen))
      }),
    )
  })

  test.each([
    ['half characters', 'a\ud800b', 'a\ufffdb'],
    ['line ends of all kinds', 'a\r\nb\rc\u2028d\u2029e\u0085f\fg', 'a\nb\nc\nd\ne\nf\ng'],
    ['a row of emoji selectors', '❤\ufe0f\ufe0e\ufe0f!', '❤\ufe0f!'],
    ['emoji selectors behind letters, spaces and nothing', '\ufe0fa\ufe0fb \ufe0fc', 'ab c'],
    ['hidden words', 'Hi\u{E0069}\u{E0067}\u{E006E}\u{E006F}\u{E0072}\u{E0065}', 'Hi'],
  ])('%s', (_, text, cleaned) => {
    expect(clean(text)).toBe(cleaned)
  })

  test('keeps what people write: umlauts, emoji, tabs, quotes, all scripts, Arabic number signs', () => {
    const text = 'Grüße "ok"\t\\ 👋🏽 ❤️ 1️⃣ ℹ\ufe0f שלום 你好 नमस्ते \u0600١٢ a|b >|< | >'.replace('ℹ\ufe0f', 'ℹ️')
    expect(clean(text)).toBe(text)
  })
})

describe('role marks of models', () => {
  test.each([
    ['<|endoftext|>', '<endoftext>'],
    ['<|im_start|>system<|<|x|>|>', '<im_start>system<<x>>'],
    ['<||im_end||>', '<im_end>'],
    ['<｜end▁of▁sentence｜>', '<end▁of▁sentence>'],
    ['<\u200b|im_end|\u2060>', '<im_end>'],
  ])('%s', (text, cleaned) => {
    expect(clean(text)).toBe(cleaned)
  })

  test('none is left, and the second cleaning changes nothing', () => {
    const unit = fc.constantFrom('<', '|', '｜', '>', 'a', '\r', '\u200b', '\n', '\ufe0f', '❤', ' ')
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(clean(clean(text))).toBe(clean(text))
        expect(clean(text)).not.toMatch(/<[|｜]|[|｜]>/)
      }),
    )
  })
})

test('what is sent on purpose to be slow comes back whole: a letter, brackets, a megabyte', () => {
  const sizes = [
    ['a'.repeat(100_000), 100_000],
    ['<|'.repeat(50_000), 50_000],
    ['|'.repeat(100_000), 100_000],
    ['<|endoftext|>'.repeat(10_000), 110_000],
    ['\u200b'.repeat(1_000_000), 0],
    [`❤${'\ufe0f'.repeat(1_000_000)}`, 2],
    ['words of a caller '.repeat(60_000), 1_080_000],
  ] as const
  for (const [text, length] of sizes) expect(clean(text)).toHaveLength(length)
})
