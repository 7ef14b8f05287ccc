import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileItems } from '../../src/analysis/compile-items.ts'
import { checkEvidence, transcriptOf } from '../../src/analysis/evidence.ts'
import { talkDetector } from '../../src/analysis/talks-to-model.ts'
import { textOf } from '../../src/analysis/turn-text.ts'
import { acceptRetell, type Turn } from '../../src/conversations/index.ts'
import { sampleConversations } from '../../src/sandbox/samples/conversations.ts'
import { sharedData } from '../support/shared-data.ts'
import { company, configOf } from './sample.ts'

/** A quote of some turn, cited for a turn of a conversation. */
type Cited = { turns: Turn[]; turn: number; quote: string }

const calls = sharedData('star-calls.jsonl')
const bodies = calls.absent
  ? [...sampleConversations]
  : readFileSync(calls.path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
const conversations = bodies.flatMap((body) => {
  const accepted = acceptRetell(body, { now: new Date(), defaultCountry: 'US' })
  return 'turns' in accepted ? [accepted.turns] : []
})

const item = compileItems(configOf(company), 'call').find(({ name }) => name === 'company')

function statusOf({ turns, turn, quote }: Cited): string | undefined {
  const transcript = transcriptOf(turns, talkDetector(['company']))
  return item && checkEvidence(item, { value: 'x', status: 'found', evidence: [{ turn, quote }] }, transcript).status
}

/** True quotes: every stretch of so many words, cut out of turns that have as many. */
function quotesOf(words: number): Cited[] {
  return conversations.flatMap((turns) =>
    turns.flatMap((turn, index) => {
      const said = textOf(turn).split(/\s+/)
      const start = Math.floor((said.length - words) / 2)
      return start < 0 ? [] : [{ turns, turn: index + 1, quote: said.slice(start, start + words).join(' ') }]
    }),
  )
}

/** The words that tell: who shares them all says much the same. */
const tellingWords = (text: string) => text.toLowerCase().match(/\p{L}{4,}|\d+/gu) ?? []

/** The samples are few: they are cut into more pieces. */
const lengths = calls.absent ? [3, 4, 5, 6, 7, 8, 9, 10] : [5, 10]
const trueOnes = lengths.flatMap(quotesOf).filter(({ quote }) => tellingWords(quote).length > 1)

/** The ways in which quotes come to be false. Each keeps most of the words. */
const lies: Record<string, (cited: Cited, index: number) => Cited[]> = {
  'a telling word exchanged': (cited) => [{ ...cited, quote: cited.quote.replace(/\p{L}{4,}/u, 'marmalade') }],
  'a word added': ({ quote, ...cited }) => [{ ...cited, quote: `${quote} zeppelin` }],
  'a number added': ({ quote, ...cited }) => [{ ...cited, quote: `${quote} 4711` }],
  'a number changed': (cited) =>
    /\d/.test(cited.quote) ? [{ ...cited, quote: cited.quote.replace(/\d+/, '90817') }] : [],
  'a denial added': (cited) => {
    const words = cited.quote.split(' ')
    return [{ ...cited, quote: words.toSpliced(Math.floor(words.length / 2), 0, 'not').join(' ') }]
  },
  'a denial dropped': (cited) =>
    / (?:not|no) /i.test(cited.quote) ? [{ ...cited, quote: cited.quote.replace(/ (?:not|no) /i, ' ') }] : [],
  'halves of two quotes': (cited, index) => {
    const other = trueOnes[(index * 7 + 3) % trueOnes.length]?.quote ?? ''
    const half = (text: string, from: number, to: number) => text.split(' ').slice(from, to).join(' ')
    const quote = `${half(cited.quote, 0, 3)} ${half(other, -3, 99)}`
    return [{ ...cited, quote }]
  },
  'a quote of the next turn': (cited) => [{ ...cited, turn: cited.turn + 1 }],
  'a quote of the first turn': (cited) => (cited.turn === 1 ? [] : [{ ...cited, turn: 1 }]),
  'a quote of another conversation': (cited, index) => {
    const turns = conversations[(index * 11 + 5) % conversations.length] ?? []
    return turns === cited.turns ? [] : [{ ...cited, turns }]
  },
}

/** Somebody may have said as much in the turn cited: then it is no lie. */
function isLie({ turns, turn, quote }: Cited): boolean {
  const said = turns[turn - 1]
  // However its words are split: tools write RideWait.
  const letters = said
    ? textOf(said)
        .toLowerCase()
        .replaceAll(/[^\p{L}\d]/gu, '')
    : ''
  return tellingWords(quote).some((word) => !letters.includes(word))
}

describe(`quotes of ${calls.absent ? 'the samples' : 'the real calls'}`, () => {
  test('the true ones stand, at least 99 in 100', () => {
    expect(trueOnes.length).toBeGreaterThanOrEqual(200)
    const lost = trueOnes.filter((cited) => statusOf(cited) !== 'found')
    expect(lost.length).toBeLessThanOrEqual(trueOnes.length / 100)
  })

  test.each(Object.entries(lies))('%s: none passes', (name, lie) => {
    const planted = trueOnes
      .flatMap((cited, index) => lie(cited, index))
      .filter((cited) => name.includes('denial') || isLie(cited))
    expect(planted.length).toBeGreaterThan(name === 'a denial dropped' || calls.absent ? 0 : 200)
    expect(
      planted
        .filter((cited) => statusOf(cited) !== 'unverified')
        .map(({ quote, turn, turns }) => [quote, turns[turn - 1]?.content]),
    ).toEqual([])
  })
})
