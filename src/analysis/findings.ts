import type { ConversationWithTurns } from '../conversations/index.ts'
import type { Completion } from '../model/index.ts'
import type { CompiledConfig } from './compile.ts'
import { checkEvidence, transcriptOf } from './evidence.ts'
import { readAnswer } from './read-answer.ts'
import type { FreshExtraction } from './types.ts'
import { type Fields, failMissingRequired, verdictOf } from './verdict.ts'

export type Findings = Pick<FreshExtraction, 'outcome' | 'reason' | 'fields' | 'successful' | 'sentiment'>

/** What a second try may mend: an answer that was cut off, or one that cannot be read or `missing` fields, by their keys. */
export type Flaw = { kind: 'truncated' } | { kind: 'invalid'; missing: string[] }

/** What a failed analysis says: nothing, about any field. */
const silent = { fields: {}, successful: null, sentiment: null }

/** What a completion says of a conversation, checked against it; every completion is one of our outcomes. Pure. */
export function readFindings(
  completion: Completion,
  compiled: CompiledConfig,
  conversation: ConversationWithTurns,
): Findings {
  const { kind, turns } = conversation
  if (completion.outcome !== 'ok') return { ...silent, outcome: completion.outcome, reason: completion.reason }
  const answer = readAnswer(completion.json, compiled.items)
  if (answer === null) return { ...silent, outcome: 'invalid', reason: 'unreadable_answer' }
  const transcript = transcriptOf(turns, compiled.talks)
  const checked: Fields = Object.fromEntries(
    compiled.items.flatMap((item) => {
      const field = answer[item.name]
      return field ? [[item.name, checkEvidence(item, field, transcript)]] : []
    }),
  )
  const fields = failMissingRequired(kind, compiled.items, checked)
  return { outcome: 'ok', reason: null, fields, ...verdictOf(kind, fields) }
}

/**
 * The flaw that a second try may mend, or null. A field of the wrong form is none: it costs only itself. Nor is an input that
 * passes the model's own limit: no room for the answer helps. Pure.
 */
export function flawOf({ outcome, reason, fields }: Findings, { items }: CompiledConfig): Flaw | null {
  if (outcome === 'truncated') return reason === 'length' ? { kind: 'truncated' } : null
  if (outcome === 'invalid') return { kind: 'invalid', missing: [] }
  const missing = items.filter(({ name }) => fields[name]?.reason === 'missing').map(({ key }) => key)
  return outcome === 'ok' && missing.length > 0 ? { kind: 'invalid', missing } : null
}
