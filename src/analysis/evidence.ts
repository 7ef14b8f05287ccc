import type { Turn } from '../conversations/index.ts'
import type { FieldValue } from '../mapping/index.ts'
import type { CompiledItem } from './compile-items.ts'
import { holdsQuote, type Quotable, quotable } from './quote-match.ts'
import { secretKinds } from './secrets/mask-secrets.ts'
import { talkDetector } from './talks-to-model.ts'
import { textOf } from './turn-text.ts'

/** In words: fewer are anybody's. */
const shortestClause = 4
/** What stands in a turn in place of a secret. */
const mask = new RegExp(String.raw`\[(?:${secretKinds.join('|')})\]`, 'i')

type Evidence = FieldValue['evidence'][number]

/**
 * Holds the evidence of a found value against the transcript. Text, numbers, dates and lists of texts need a quote that stands
 * in the turn cited for it, choices and booleans a turn that exists; judgements of the whole conversation (presets) need
 * neither. It is the quote that is checked, not the value: "tomorrow" proves a date. What comes
 * from a turn that talks to the model proves nothing; in such a conversation a judgement must rest on other turns, on
 * none that talks, and not repeat one. What cannot be confirmed is `unverified`, with its value, for a rule that wants it.
 * What is confirmed keeps only its true evidence. A mask (`[password]`) quotes well and is no value: only a judgement may speak of one.
 * `talking`: the numbers of the turns that talk to the model, found once for all fields. Pure.
 */
export function checkEvidence(
  item: CompiledItem,
  field: FieldValue,
  turns: Turn[],
  talking = talkingTurns(turns, [item.name]),
): FieldValue {
  if (field.status !== 'found') return field
  const sincere = field.evidence.filter((one) => !isPrompted(one, turns, talking))
  const isTold = sincere.length < field.evidence.length
  const cited = sincere.filter(({ turn }) => turns[turn - 1] !== undefined)
  const quoted = cited.filter(({ turn, quote }) => stands(quote, turns[turn - 1]))
  if (item.isPreset) {
    const isFree = talking.size === 0 || (cited.length > 0 && !isTold && !repeats(field.value, turns, talking))
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

/** The numbers of the turns that talk to the model that reads them, of items with these names. Pure. */
export function talkingTurns(turns: Turn[], items: readonly string[]): Set<number> {
  const talks = talkDetector(items)
  const isTalking = (turn: Turn) => !ownRoles.has(turn.role) && talks(textOf(turn))
  return new Set(turns.flatMap((turn, index) => (isTalking(turn) ? [index + 1] : [])))
}

/** A model that was told what to say may also have been told which turn to cite: the quote gives it away. */
function isPrompted({ turn, quote }: Evidence, turns: Turn[], talking: Set<number>): boolean {
  if (talking.has(turn)) return true
  if (quote === '' || talking.size === 0 || stands(quote, turns[turn - 1])) return false
  return [...talking].some((number) => stands(quote, turns[number - 1]))
}

/** Whether a text hands on a clause of a turn that talks to the model: what it is told to say need not be cited. */
function repeats(value: FieldValue['value'], turns: Turn[], talking: Set<number>): boolean {
  if (typeof value !== 'string') return false
  const clauses = value.split(/[.!?:;"“”\n]+/).filter((clause) => clause.trim().split(/\s+/).length >= shortestClause)
  return clauses.some((clause) => [...talking].some((number) => stands(clause, turns[number - 1])))
}

function isMasked(value: FieldValue['value']): boolean {
  return [value].flat().some((each) => typeof each === 'string' && mask.test(each))
}

function stands(quote: string, turn: Turn | undefined): boolean {
  return turn !== undefined && holdsQuote(wordsOf(turn), quote)
}

/** A turn is cited for many fields, and split into words once. */
const quotables = new WeakMap<Turn, Quotable>()

function wordsOf(turn: Turn): Quotable {
  const known = quotables.get(turn) ?? quotable(textOf(turn))
  quotables.set(turn, known)
  return known
}

function reasonOf(field: FieldValue, citedTurns: number): string {
  if (field.evidence.length === 0) return 'no_evidence'
  return citedTurns === 0 ? 'no_such_turn' : 'quote_not_in_turn'
}
