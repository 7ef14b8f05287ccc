import { cite, type Evidence, type Finding } from './evidence.ts'
import type { Transcript, Turn } from './transcript.ts'
import type { WireItem } from './wire-item.ts'
import { isContent, type Word, wordsOf } from './words.ts'

type Choice = { value: string; words: Word[]; weights: ReadonlyMap<string, number>; hasFigures: boolean }
type Mention = { value: string; score: number; turn: Turn; at: number }

const CONFIRMS = /\b(?:booked|confirmed|scheduled|reserved|submitted|successfully)\b/i
const ACCEPTS = /^\W*(?:yes|yeah|yep|sure|ok|okay|great|perfect|please|sounds good|that works|book it)\b/i
const NEGATORS = new Set(['not', 'no', "don't", "isn't", "can't", 'dont', 'except', 'instead'])
const ENOUGH = 0.5
/** A word that other choices hold too says little about which of them is meant. */
const SHARED_WEIGHT = 0.25

/** The choice the user last named, or last accepted from the agent. */
export function findChoice(item: WireItem, transcript: Transcript): Finding | undefined {
  const chosen = mentions(item.choices, transcript).at(-1)
  return chosen && { value: chosen.value, evidence: [cite(chosen.turn, chosen.at)] }
}

/** Every choice that was named, in the order of the choices. */
export function findChoices(item: WireItem, transcript: Transcript): Finding | undefined {
  const last = new Map(mentions(item.choices, transcript).map((mention) => [mention.value, mention]))
  const value = item.choices.filter((choice) => last.has(choice))
  const evidence: Evidence[] = [...last.values()].map((mention) => cite(mention.turn, mention.at))
  return value.length === 0 ? undefined : { value, evidence }
}

function mentions(values: readonly string[], transcript: Transcript): Mention[] {
  const choices = weighed(values)
  return transcript.turns.flatMap((turn, position) => {
    if (turn.speaker !== 'user' && !isAccepted(turn, transcript.turns[position + 1])) return []
    const found = choices.flatMap((choice) => mentionIn(turn, choice) ?? [])
    const sure = turn.speaker === 'user' ? found : found.filter((mention) => mention.score >= 1)
    return sure.sort((a, b) => a.score - b.score || a.at - b.at)
  })
}

function isAccepted(turn: Turn, next: Turn | undefined): boolean {
  if (turn.speaker !== 'agent') return false
  return CONFIRMS.test(turn.text) || (next?.speaker === 'user' && ACCEPTS.test(next.text))
}

function weighed(values: readonly string[]): Choice[] {
  const all = values.map((value) => ({ value, words: wordsOf(value) }))
  const holders = new Map<string, number>()
  for (const { words } of all) {
    for (const stem of new Set(words.map((word) => word.stem))) holders.set(stem, (holders.get(stem) ?? 0) + 1)
  }
  return all.map(({ value, words }) => ({
    value,
    words,
    weights: new Map(
      words.filter(isContent).map(({ stem }) => [stem, holders.get(stem) === 1 ? 1 : SHARED_WEIGHT] as const),
    ),
    hasFigures: /\d/.test(value),
  }))
}

function mentionIn(turn: Turn, choice: Choice): Mention | undefined {
  const phrase = phraseAt(turn.words, choice.words)
  if (phrase !== undefined) return namedAt(turn, phrase, choice.value, 1 + choice.words.length / 100)
  if (choice.hasFigures) return undefined
  let [sum, total] = [0, 0]
  for (const [stem, weight] of choice.weights) {
    total += weight
    if (turn.stems.has(stem)) sum += weight
  }
  const first = turn.words.findIndex((word) => choice.weights.get(word.stem) === 1)
  const anchor = first >= 0 ? first : turn.words.findIndex((word) => choice.weights.has(word.stem))
  return total > 0 && sum / total >= ENOUGH ? namedAt(turn, anchor, choice.value, sum / total) : undefined
}

/** A mention, unless the words just before it turn it down. */
function namedAt(turn: Turn, position: number, value: string, score: number): Mention | undefined {
  const before = turn.words.slice(Math.max(0, position - 3), position)
  if (before.some((word) => NEGATORS.has(word.text.toLowerCase().replaceAll('’', "'")))) return undefined
  return { value, score, turn, at: turn.words[position]?.at ?? 0 }
}

/** Where the words of a choice last stand one after the other. */
function phraseAt(words: readonly Word[], phrase: readonly Word[]): number | undefined {
  if (phrase.length === 0) return undefined
  for (let start = words.length - phrase.length; start >= 0; start -= 1) {
    if (phrase.every((word, offset) => words[start + offset]?.stem === word.stem)) return start
  }
  return undefined
}
