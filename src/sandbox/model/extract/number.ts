import type { Finding } from './evidence.ts'
import { type Candidate, lastSupported } from './relevance.ts'
import type { Transcript, Turn } from './transcript.ts'
import type { WireItem } from './wire-item.ts'
import { stemOf, type Word } from './words.ts'

// "$12,500", "12k", "4 bedrooms"; not "3 pm", "11th", "10:30"
const FIGURES =
  /(?<![\d:.,/])([$€£])? ?(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d+)?(?: ?(k|thousand|m|million)\b)?(?!\d|:\d|\/\d| ?[ap]\.?m\b|st\b|nd\b|rd\b|th\b)/gi
const MULTIPLIERS: Record<string, number> = { k: 1_000, thousand: 1_000, m: 1_000_000, million: 1_000_000 }
const SMALL = `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
  seventeen eighteen nineteen`.split(/\s+/)
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
const MONEY_STEM = stemOf('price')

/** The number the user last gave for the item, in digits or words. */
export function findNumber(item: WireItem, transcript: Transcript): Finding | undefined {
  const wantsMoney =
    item.nameStems.has(MONEY_STEM) || item.promptStems.has(MONEY_STEM) || /[$€£]|dollar/i.test(item.prompt)
  return lastSupported(transcript, item, (turn) => {
    const plainBonus = asksHowMany(turn) - (wantsMoney ? 1 : 0)
    return [...figuresIn(turn, wantsMoney ? 1 : -3, plainBonus), ...numberWordsIn(turn, plainBonus)]
  })
}

function figuresIn(turn: Turn, moneyBonus: number, plainBonus: number): Candidate[] {
  return Array.from(turn.text.matchAll(FIGURES), (match) => {
    const [, currency, digits = '', fraction = '', unit = ''] = match
    const value = Number(digits.replaceAll(',', '') + fraction) * (MULTIPLIERS[unit.toLowerCase()] ?? 1)
    const isMoney = currency !== undefined || unit !== ''
    return { value, turn, at: match.index + match[0].indexOf(digits), bonus: isMoney ? moneyBonus : plainBonus }
  })
}

function numberWordsIn(turn: Turn, bonus: number): Candidate[] {
  const candidates: Candidate[] = []
  let run: Word[] = []
  const close = () => {
    while (run.at(-1)?.text.toLowerCase() === 'and') run.pop()
    const value = sumOf(run.map((word) => word.text.toLowerCase()))
    const [first] = run
    // "one" alone is a pronoun more often than a number
    const isPronoun = run.length === 1 && value === 1 && asksHowMany(turn) === 0
    if (first && value !== undefined && !isPronoun) candidates.push({ value, turn, at: first.at, bonus })
    run = []
  }
  for (const word of turn.words) {
    const text = word.text.toLowerCase()
    if (isNumberWord(text) || (text === 'and' && run.length > 0)) run.push(word)
    else close()
  }
  close()
  return candidates
}

function asksHowMany(turn: Turn): number {
  return turn.question !== undefined && /\bhow (?:many|much)\b/i.test(turn.question.text) ? 1 : 0
}

function isNumberWord(text: string): boolean {
  return SMALL.includes(text) || TENS.includes(text) || text === 'hundred' || text === 'thousand' || text === 'dozen'
}

function sumOf(words: readonly string[]): number | undefined {
  if (words.length === 0) return undefined
  let total = 0
  let part = 0
  for (const word of words) {
    if (SMALL.includes(word)) part += SMALL.indexOf(word)
    else if (TENS.includes(word)) part += (TENS.indexOf(word) + 2) * 10
    else if (word === 'hundred') part = Math.max(1, part) * 100
    else if (word === 'dozen') part = Math.max(1, part) * 12
    else if (word === 'thousand') {
      total += Math.max(1, part) * 1_000
      part = 0
    }
  }
  return total + part
}
