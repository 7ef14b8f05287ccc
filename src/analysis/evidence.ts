import type { Turn } from '../conversations/index.ts'
import type { FieldValue } from '../mapping/index.ts'
import type { CompiledItem } from './compile-items.ts'
import { holdsQuote, type Quotable, quotable } from './quote-match.ts'
import { secretKinds } from './secrets/mask-secrets.ts'
import type { TalkDetector } from './talks-to-model.ts'
import { textOf } from './turn-text.ts'

/** In words: fewer are anybody's. */
const shortestClause = 4
/** What stands in a turn in place of a secret. */
const mask = new RegExp(String.raw`\[(?:${secretKinds.join('|')})\]`, 'i')

type Evidence = FieldValue['evidence'][number]

/** The turns of one conversation, read once for the evidence of all its fields. */
export type Transcript = {
  /** The numbers of the turns that talk to the model. */
  talking: Set<number>
  /** The words of a turn by its number; undefined where there is no such turn. */
  words(turn: number): Quotable | undefined
}

/** `talks` knows the names of what is asked for. */
export function transcriptOf(turns: readonly Turn[], talks: TalkDetector): Transcript {
  const read: Quotable[] = []
  const words = (number: number) => {
    const turn = turns[number - 1]
    if (turn !== undefined) read[number] ??= quotable(textOf(turn))
    return read[number]
  }
  return { talking: talkingTurns(turns, talks), words }
}

/**
 * Holds the evidence of a found value against the transcript. Text, numbers, dates and lists of texts need a quote that stands
 * in the turn cited for it, choices and booleans a turn that exists; judgements of the whole conversation (presets) need
 * neither. It is the quote that is checked, not the value: "tomorrow" proves a date. What comes
 * from a turn that talks to the model proves nothing; in such a conversation a judgement must rest on other turns, on
 * none that talks, and not repeat one. What cannot be confirmed is `unverified`, with its value, for a rule that wants it.
 * What is confirmed keeps only its true evidence. A mask (`[password]`) quotes well and is no value: only a judgement may speak of one.
 * Pure.
 */
export function checkEvidence(item: CompiledItem, field: FieldValue, transcript: Transcript): FieldValue {
  if (field.status !== 'found') return field
  const sincere = field.evidence.filter((one) => !isPrompted(one, transcript))
  const isTold = sincere.length < field.evidence.length
  const cited = sincere.filter(({ turn }) => transcript.words(turn) !== undefined)
  const quoted = cited.filter((one) => stands(one, transcript))
  if (item.isPreset) {
    const isFree = transcript.talking.size === 0 || (cited.length > 0 && !isTold && !repeats(field.value, transcript))
    return isFree ? { ...field, evidence: quoted } : { ...field, status: 'unverified', reason: 'talks_to_the_model' }
  }
  if (isMasked(field.value)) return { ...field, status: 'unverified', reason: 'masked' }
  const needsQuote = item.type !== 'boolean' && item.choices.length === 0
  const confirmed = needsQuote ? quoted : cited.map((one) => (quoted.includes(one) ? one : { ...one, quote: '' }))
  if (confirmed.length > 0) return { ...field, evidence: confirmed }
  return { ...field, status: 'unverified', reason: isTold ? 'talks_to_the_model' : reasonOf(field, cited.length) }
}

/** The agent's own words and the calls it made: no stranger wrote them, and closing a chat is its work. What a tool answers a stranger may have. */
const ownRoles = new Set(['agent', 'tool_call_invocation'])

/** The numbers of the turns that talk to the model that reads them. Pure. */
export function talkingTurns(turns: readonly Turn[], talks: TalkDetector): Set<number> {
  const strange = turns.flatMap((turn, index) => (ownRoles.has(turn.role) ? [] : [{ number: index + 1, turn }]))
  const places = talks(strange.map(({ turn }) => textOf(turn)))
  return new Set(places.flatMap((place) => strange[place]?.number ?? []))
}

/** A model that was told what to say may also have been told which turn to cite: the quote gives it away. */
function isPrompted(one: Evidence, transcript: Transcript): boolean {
  const { talking } = transcript
  if (talking.size === 0) return false
  if (talking.has(one.turn)) return true
  if (one.quote === '' || stands(one, transcript)) return false
  return [...talking].some((turn) => stands({ ...one, turn }, transcript))
}

/** Whether a text hands on a clause of a turn that talks to the model: what it is told to say need not be cited. */
function repeats(value: FieldValue['value'], transcript: Transcript): boolean {
  if (typeof value !== 'string') return false
  const clauses = value.split(/[.!?:;"“”\n]+/).filter((clause) => clause.trim().split(/\s+/).length >= shortestClause)
  return clauses.some((quote) => [...transcript.talking].some((turn) => stands({ turn, quote }, transcript)))
}

function isMasked(value: FieldValue['value']): boolean {
  if (typeof value === 'string') return mask.test(value)
  return Array.isArray(value) && value.some((each) => mask.test(each))
}

function stands({ turn, quote }: Evidence, transcript: Transcript): boolean {
  const words = transcript.words(turn)
  return words !== undefined && holdsQuote(words, quote)
}

function reasonOf(field: FieldValue, citedTurns: number): string {
  if (field.evidence.length === 0) return 'no_evidence'
  return citedTurns === 0 ? 'no_such_turn' : 'quote_not_in_turn'
}
