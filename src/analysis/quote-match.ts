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
/** Only a small word may be missing from a stretch: numbers and longer words are what a quote is made up for. */
const tellingWord = new RegExp(`[${unspaced}\\p{N}]|.{4}`, 'u')

/**
 * Whether a quote was taken from a text. Compared without case, punctuation, spacing and look-alike forms; word for word,
 * or else with at least three quarters of its words in order, and all but the smallest, within one short stretch. Pure.
 */
export function isQuoteOf(quote: string, text: string): boolean {
  const wanted = tokensOf(quote)
  if (wanted.length === 0) return false
  const given = tokensOf(text)
  if (standsIn(wanted, given)) return true
  return wanted.length >= fewestFuzzyTokens && wanted.length <= mostFuzzyTokens && nearlyStandsIn(wanted, given)
}

function tokensOf(text: string): string[] {
  // To upper case and back also folds ß and ss. Digits belong together: 500 is not in 1,500.
  const folded = clean(text).normalize('NFKC').toUpperCase().toLowerCase()
  return folded.replaceAll(/(\p{N})[.,'’](?=\p{N})/gu, '$1').match(token) ?? []
}

/** Whole words, however they are split: `e-mail` is `email`, `1,000` is `1000`, but `5` is not in `555`. */
function standsIn(wanted: string[], given: string[]): boolean {
  const edges = new Set([0])
  let length = 0
  for (const word of given) {
    length += word.length
    edges.add(length)
  }
  const [needle, hay] = [wanted.join(''), given.join('')]
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + 1)) {
    if (edges.has(at) && edges.has(at + needle.length)) return true
  }
  return false
}

function nearlyStandsIn(wanted: string[], given: string[]): boolean {
  const window = Math.floor(wanted.length * windowFactor)
  const enough = wanted.length * leastShared
  const words = new Set(wanted)
  const telling = wanted.filter((word) => tellingWord.test(word))
  return given.some((word, start) => {
    if (!words.has(word)) return false
    const stretch = given.slice(start, start + window)
    if (sharedInAnyOrder(wanted, stretch) < enough || sharedInOrder(wanted, stretch) < enough) return false
    return sharedInOrder(telling, stretch) === telling.length
  })
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
