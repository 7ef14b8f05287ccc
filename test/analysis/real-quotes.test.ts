import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isQuoteOf } from '../../src/analysis/quote-match.ts'
import { sharedData } from '../support/shared-data.ts'

const calls = sharedData('star-calls.jsonl')

/** One quote of ten words per call, from its longest turn, with that turn. */
function realQuotes(): { quote: string; turn: string }[] {
  const lines = readFileSync(calls.path, 'utf8').trim().split('\n')
  return lines.flatMap((line) => {
    const turns: { content: string }[] = JSON.parse(line).transcript_object ?? []
    const turn = turns.map(({ content }) => content).sort((one, other) => other.length - one.length)[0] ?? ''
    const words = turn.split(/\s+/)
    const start = Math.max(0, Math.floor(words.length / 2) - 5)
    return words.length < 10 ? [] : [{ quote: words.slice(start, start + 10).join(' '), turn }]
  })
}

/** What is left of a text without its small words: two texts that share it say the same. */
function gistOf(text: string): string {
  return (text.toLowerCase().match(/[a-z]{4,}|\d+/g) ?? []).join(' ')
}

describe.skipIf(calls.absent)('quotes of the real calls', () => {
  const quotes = calls.absent ? [] : realQuotes()

  test('are found in their own turn', () => {
    expect(quotes.length).toBeGreaterThanOrEqual(190)
    expect(quotes.filter(({ quote, turn }) => !isQuoteOf(quote, turn))).toEqual([])
  })

  test('are found in no other call that does not say the same', () => {
    const wrong = quotes.flatMap(({ quote }) =>
      quotes
        .filter(({ turn }) => !gistOf(turn).includes(gistOf(quote)) && isQuoteOf(quote, turn))
        .map(({ turn }) => ({ quote, turn })),
    )
    expect(wrong).toEqual([])
  })

  test('are not found once a telling word or a number is put in', () => {
    const planted = quotes.flatMap(({ quote, turn }) => {
      const words = quote.split(' ')
      return ['zeppelin', '4711'].map((lie) => ({ quote: words.with(4, lie).join(' '), turn }))
    })
    expect(planted.filter(({ quote, turn }) => isQuoteOf(quote, turn))).toEqual([])
  })
})
