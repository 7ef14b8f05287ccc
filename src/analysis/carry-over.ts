import type { ConversationKind } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { type CompiledConfig, compileOnly } from './compile.ts'
import type { CompiledItem } from './compile-items.ts'
import type { Findings } from './findings.ts'
import { successName } from './presets.ts'
import type { Analysis, AnalysisInput } from './types.ts'
import { type Fields, failMissingRequired, requiredMissing, verdictOf } from './verdict.ts'

/** What an analysis takes from the one before it: the fields that it does not ask for, each with the number of the one that found it. */
export type Carried = { fields: Fields; items: CompiledItem[] }

/**
 * The part of a config that is to be asked, and what is carried over beside it; the whole config where all of it is asked. A success
 * that was only denied for a required item is asked for again with it. Pure. Throws `rerun.unknown_field` (422), and
 * `rerun.nothing_to_carry` (409) where no analysis counts yet.
 */
export function inPart(
  { conversationId, fields: names }: AnalysisInput,
  whole: CompiledConfig,
  kind: ConversationKind,
  current: Analysis | undefined,
): { compiled: CompiledConfig; carried?: Carried } {
  if (names === undefined) return { compiled: whole }
  if (current === undefined) {
    const message = `no analysis of ${conversationId} counts yet, so there are no other fields to keep: rerun all of it`
    throw new AppError('rerun.nothing_to_carry', 'skip', message, { status: 409 })
  }
  const denied = requiredMissing(current.fields[successName(kind)])
  const asked = denied !== undefined && names.includes(denied) ? [...names, successName(kind)] : names
  const others = Object.entries(current.fields).filter(([name]) => !asked.includes(name))
  const fields = others.map(
    ([name, field]) => [name, { ...field, analysis: field.analysis ?? current.number }] as const,
  )
  return { compiled: compileOnly(whole, asked), carried: { fields: Object.fromEntries(fields), items: whole.items } }
}

/** What was found, with what was carried over beside it; a failure says nothing of anything. Pure. */
export function carryOver<Found extends Findings>(
  found: Found,
  { fields, items }: Carried,
  kind: ConversationKind,
): Found {
  if (found.outcome !== 'ok') return found
  const whole = failMissingRequired(kind, items, { ...fields, ...found.fields })
  return { ...found, fields: whole, ...verdictOf(kind, whole) }
}
