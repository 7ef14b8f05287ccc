import type { Turn } from '../conversations/index.ts'
import type { FieldValue } from '../mapping/index.ts'
import type { CompiledItem } from './compile-items.ts'
import { isQuoteOf } from './quote-match.ts'
import { textOf } from './turn-text.ts'

/**
 * Holds the evidence of a found value against the transcript. Text, numbers, dates and lists of texts need a quote that stands
 * in the turn cited for it, choices and booleans a turn that exists; judgements of the whole conversation (presets) need
 * neither. It is the quote that is checked, not the value: "tomorrow" proves a date. What cannot be confirmed is `unverified`, with its value, for a rule that wants it. What is confirmed keeps only its true evidence. Pure.
 */
export function checkEvidence(item: CompiledItem, field: FieldValue, turns: Turn[]): FieldValue {
  if (field.status !== 'found') return field
  const cited = field.evidence.filter(({ turn }) => turns[turn - 1] !== undefined)
  const quoted = cited.filter(({ turn, quote }) => stands(quote, turns[turn - 1]))
  if (item.isPreset) return { ...field, evidence: quoted }
  const needsQuote = item.type !== 'boolean' && item.choices.length === 0
  const confirmed = needsQuote ? quoted : cited.map((one) => (quoted.includes(one) ? one : { ...one, quote: '' }))
  if (confirmed.length > 0) return { ...field, evidence: confirmed }
  return { ...field, status: 'unverified', reason: reasonOf(field, cited.length) }
}

function stands(quote: string, turn: Turn | undefined): boolean {
  return turn !== undefined && isQuoteOf(quote, textOf(turn))
}

function reasonOf(field: FieldValue, citedTurns: number): string {
  if (field.evidence.length === 0) return 'no_evidence'
  return citedTurns === 0 ? 'no_such_turn' : 'quote_not_in_turn'
}
