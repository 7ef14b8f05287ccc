import { sentencesOf } from './sentences.ts'
import type { Turn } from './transcript.ts'

export type Evidence = { turn: number; quote: string }

/** What the transcript says about one item, and where it says so. */
export type Finding = { value: string | number | boolean | string[]; evidence: Evidence[] }

const MAX_QUOTE_CHARS = 120

/** Quotes the sentence of a turn around a position, word for word and short. */
export function cite(turn: Turn, at = 0): Evidence {
  const sentence = sentencesOf(turn.text).findLast((candidate) => candidate.at <= at)
  if (sentence === undefined) return { turn: turn.turn, quote: turn.text }
  const tooFar = at - sentence.at > MAX_QUOTE_CHARS / 2
  const start = tooFar ? turn.text.indexOf(' ', at - MAX_QUOTE_CHARS / 2) + 1 : sentence.at
  const whole = turn.text.slice(Math.min(start, at), sentence.at + sentence.text.length)
  if (whole.length <= MAX_QUOTE_CHARS) return { turn: turn.turn, quote: whole }
  const lastSpace = whole.lastIndexOf(' ', MAX_QUOTE_CHARS)
  return { turn: turn.turn, quote: whole.slice(0, lastSpace > 0 ? lastSpace : MAX_QUOTE_CHARS) }
}
