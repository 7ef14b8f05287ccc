import { clean } from './clean.ts'

/** A fuzzy match of fewer words says little: they must stand there exactly. */
const fewestFuzzyTokens = 4
const leastShared = 0.75
/** A quote is spread over at most this much more text than its own length: a filler word, not words from anywhere. */
const windowFactor = 1.5
/** A longer quote must stand there exactly: it bounds the work on a hostile transcript. */
const mostFuzzyTokens = 60

/** A character of a script written without spaces is compared as a word of its own. */
const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}`
const token = new RegExp(`[${unspaced}]|[\\p{L}\\p{M}\\p{N}]+`, 'gu')
const ascii = /^[\x20-\x7E\n\t]*$/
/** A longer text holds a quote word for word or not at all: it bounds the work as well. */
const longestFuzzyText = 5_000
/** "I do not want it" is no quote of "I do want it": where something is denied, every word counts. `t`: of "don't". */
const negation = /^(?:not?|nor|t|cannot|never|none|nein|nicht|kein\p{L}*|nie|pas|non|sin|ni)$/u
/** Only a small word may be missing from a stretch: numbers and longer words are what a quote is made up for. */
const tellingWord = new RegExp(`[${unspaced}\\p{N}]|.{4}`, 'u')

/**
 * Whether a quote was taken from a text. Compared without case, punctuation, spacing and look-alike forms; word for word,
 * or else, where neither denies anything, with at least three quarters of its words in order, and all but the smallest, within
 * one short stretch. Pure.
 */
export function isQuoteOf(quote: string, text: string): boolean {
  return holdsQuote(quotable(text), quote)
}

/** A text that is made ready for many quotes: its words, each between spaces. */
export type Quotable = { spaced: string; split?: Split }
/** What only a quote needs that does not stand there as it is: the words, these run together, and where in that a word begins or ends. */
type Split = { words: string[]; joined: string; isEdge: Uint8Array }

export function quotable(text: string): Quotable {
  return { spaced: spacedOf(text) }
}

/** `isQuoteOf` of a text that is ready. */
export function holdsQuote(text: Quotable, quote: string): boolean {
  const spaced = spacedOf(quote)
  if (spaced.trim() === '') return false
  // Most quotes are true to the letter, and this is all that they take.
  if (text.spaced.length <= longestFuzzyText && text.spaced.includes(spaced)) return true
  const wanted = wordsIn(spaced)
  text.split ??= splitOf(text.spaced)
  if (standsIn(wanted, text.split)) return true
  if (wanted.length < fewestFuzzyTokens || wanted.length > mostFuzzyTokens || wanted.some(isNegation)) return false
  return text.split.words.length <= longestFuzzyText && nearlyStandsIn(wanted, text.split.words)
}

/** The words of a text as they are compared, between spaces: ` my budget is 1500 `. */
function spacedOf(text: string): string {
  // Most texts, and much faster; the same by the rules below: what is cleaned away of such a text is no part of a word.
  if (ascii.test(text)) {
    const folded = ` ${text.toLowerCase()} `.replaceAll(/[.,'](?=\d)(?<=\d.)/g, '')
    return folded.replaceAll(/[^a-z\d ][^a-z\d]*| {2,}/g, ' ').replaceAll('  ', ' ')
  }
  // To upper case and back also folds ß and ss. Digits belong together: 500 is not in 1,500.
  const folded = clean(text).normalize('NFKC').toUpperCase().toLowerCase()
  return ` ${
    folded
      .replaceAll(/(\p{N})[.,'’](?=\p{N})/gu, '$1')
      .match(token)
      ?.join(' ') ?? ''
  } `
}

function wordsIn(spaced: string): string[] {
  return spaced.split(' ').filter((word) => word !== '')
}

function splitOf(spaced: string): Split {
  const words = wordsIn(spaced)
  const joined = words.join('')
  const isEdge = new Uint8Array(joined.length + 1)
  isEdge[0] = 1
  let length = 0
  for (const word of words) {
    length += word.length
    isEdge[length] = 1
  }
  return { words, joined, isEdge }
}

/**
 * Whole words, however they are split: `e-mail` is `email`, `1,000` is `1000`, but `5` is not in `555`. In a long text by Knuth,
 * Morris and Pratt: a search that starts over at every letter takes minutes on a megabyte of one letter.
 */
function standsIn(wanted: string[], { joined: hay, isEdge }: Split): boolean {
  const needle = wanted.join('')
  if (hay.length <= longestFuzzyText) {
    for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + 1))
      if (isEdge[at] && isEdge[at + needle.length]) return true
    return false
  }
  const fallbacks = fallbacksOf(needle)
  let matched = 0
  for (let at = 0; at < hay.length; at++) {
    while (matched > 0 && hay[at] !== needle[matched]) matched = fallbacks[matched - 1] ?? 0
    if (hay[at] === needle[matched]) matched += 1
    if (matched < needle.length) continue
    if (isEdge[at + 1] && isEdge[at + 1 - needle.length]) return true
    matched = fallbacks[matched - 1] ?? 0
  }
  return false
}

/** How much of a text's beginning stands again before each of its letters: where a search goes on from. */
function fallbacksOf(needle: string): Uint32Array {
  const fallbacks = new Uint32Array(needle.length)
  let matched = 0
  for (let at = 1; at < needle.length; at++) {
    while (matched > 0 && needle[at] !== needle[matched]) matched = fallbacks[matched - 1] ?? 0
    if (needle[at] === needle[matched]) matched += 1
    fallbacks[at] = matched
  }
  return fallbacks
}

function nearlyStandsIn(wanted: string[], given: string[]): boolean {
  const window = Math.floor(wanted.length * windowFactor)
  const words = new Set(wanted)
  return given.some((word, start) => {
    if (!words.has(word) || !isNearly(wanted, given.slice(start, start + window))) return false
    // What is denied may stand a little before the words that match.
    return !given.slice(Math.max(0, start - window + wanted.length), start + window).some(isNegation)
  })
}

function isNearly(wanted: string[], stretch: string[]): boolean {
  const enough = wanted.length * leastShared
  if (sharedInAnyOrder(wanted, stretch) < enough || sharedInOrder(wanted, stretch) < enough) return false
  const telling = wanted.filter((word) => tellingWord.test(word))
  return sharedInOrder(telling, stretch) === telling.length
}

function isNegation(word: string): boolean {
  return negation.test(word)
}

/** Never less than what is shared in order, and far cheaper: most stretches fail here. */
function sharedInAnyOrder(one: string[], other: string[]): number {
  const left = new Map<string, number>()
  for (const word of other) left.set(word, (left.get(word) ?? 0) + 1)
  return one.filter((word) => {
    const count = left.get(word) ?? 0
    left.set(word, count - 1)
    return count > 0
  }).length
}

/** Length of the longest common subsequence. */
function sharedInOrder(one: string[], other: string[]): number {
  let row = new Array<number>(other.length + 1).fill(0)
  for (const word of one) {
    const next = [0]
    for (const [index, candidate] of other.entries()) {
      const longest = word === candidate ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0)
      next.push(longest)
    }
    row = next
  }
  return row.at(-1) ?? 0
}
