import { firstWords } from './sentences.ts'

/** How a prompt wants its text written. */
export type Style = {
  maxWords: number
  maxSentences: number
  letters: 'as said' | 'capital' | 'small'
  opening: string
  mention: string
  hidesNumbers: boolean
}

const NUMBER_WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']
const COUNT = `(\\d{1,3}|an?|few|single|${NUMBER_WORDS.join('|')})`
// "a 1–5 word summary", "at most 12 words", "one or two sentences": the upper bound is the last count before the noun
const LENGTH = (noun: string) => new RegExp(`\\b${COUNT}[\\s-]+(?:short |brief |single |full )?${noun}s?\\b`, 'i')

/** Reads the instructions about length and form out of a prompt; without one, no limit. */
export function readStyle(prompt: string): Style {
  return {
    maxWords: countBefore(prompt, 'word'),
    maxSentences: countBefore(prompt, 'sentence'),
    letters: /\b(?:in )?(?:all )?(?:capital letters|capitals|caps|upper ?case)\b/i.test(prompt)
      ? 'capital'
      : /\b(?:small letters|lower ?case)\b/i.test(prompt)
        ? 'small'
        : 'as said',
    opening: /\b(?:start|begin)(?:ing)? (?:it )?with (?:the words? )?["'“‘]([^"'”’]+)["'”’]/i.exec(prompt)?.[1] ?? '',
    mention: /\b(?:mention|include|including)\b([^.;\n]{1,80})/i.exec(prompt)?.[1]?.trim() ?? '',
    hidesNumbers:
      /\b(?:leave out|leaving out|omit|without|do not include|don't include)\b[^.]*\b(?:numbers?|pins?)\b/i.test(
        prompt,
      ),
  }
}

function countBefore(prompt: string, noun: string): number {
  const count = LENGTH(noun).exec(prompt)?.[1]?.toLowerCase()
  if (count === undefined) return Number.POSITIVE_INFINITY
  if (/^\d+$/.test(count)) return Math.max(1, Number(count))
  if (count === 'few') return 6
  return Math.max(1, NUMBER_WORDS.indexOf(count))
}

/** Writes a text the way the prompt wants it. */
export function styled(text: string, style: Style): string {
  const bare = style.hidesNumbers ? text.replace(/\d[\d-]{2,}\d/g, '…') : text
  const opened = style.opening === '' || bare.startsWith(style.opening) ? bare : `${style.opening} ${bare}`
  const short = firstWords(opened, style.maxWords)
  if (style.letters === 'capital') return short.toUpperCase()
  return style.letters === 'small' ? short.toLowerCase() : short
}
