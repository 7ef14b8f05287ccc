import { toE164 } from '../../contacts/index.ts'
import type { Conversation } from '../../conversations/index.ts'
import { toExternalId } from '../../crm/index.ts'
import { type Mapping, type MatchStep, numberFieldsOf } from '../../mapping/index.ts'

/** Who held a key, from when to when (epoch ms, open ends infinite), and in which CRM field it stands. */
export type Holder = { recordId: number; property: string; heldFrom: number; heldTo: number }

export type Match =
  | { state: 'matched'; recordId: number; step: string }
  | { state: 'parked'; candidates: number[]; step: string }
  /** By nobody's step, or because a person said that it is nobody's. */
  | { state: 'none'; step?: 'person' }

export type KeyKind = MatchStep['by']

/** The keys a step of a mapping looks for in a conversation, in the spelling of the index. Pure. */
export function keysOf(conversation: Conversation, step: MatchStep, mapping: Mapping): string[] {
  // Whose contact it is stands with the conversation itself.
  if (step.by === 'contact') return [conversation.id]
  const raw = step.of.flatMap((path) => at(conversation, path))
  if (step.by === 'number') return raw.flatMap((text) => toE164(text, mapping.defaultCountry) ?? [])
  const keys = raw.map((text) => (step.by === 'email' ? text.trim().toLowerCase() : toExternalId(mapping.crm, text)))
  return keys.filter((key) => key !== '')
}

/**
 * The record a conversation belongs to, by the first step of the mapping that finds one. Pure. A key counts for whoever
 * held it when the conversation took place, or for who got it first where nobody had it before; a key that changed hands
 * since, holder unknown, parks: never a guess.
 */
export function matchConversation(
  conversation: Conversation,
  mapping: Mapping,
  holdersOf: (kind: KeyKind, key: string) => Holder[],
): Match {
  const when = conversation.spokenAt.getTime()
  for (const step of mapping.match) {
    const known = keysOf(conversation, step, mapping)
      .flatMap((key) => holdersOf(step.by, key))
      .filter((holder) => step.by !== 'number' || numberFieldsOf(mapping, step).includes(holder.property))
    if (known.length === 0) continue
    const holders = recordsOf(holdersThen(known, when))
    const [only] = holders
    if (only === undefined) return { state: 'parked', candidates: recordsOf(known), step: step.by }
    if (holders.length === 1) return { state: 'matched', recordId: only, step: step.by }
    if (mapping.ambiguous === 'newest') {
      return { state: 'matched', recordId: Math.max(...holders), step: `${step.by}:newest` }
    }
    return { state: 'parked', candidates: holders, step: step.by }
  }
  return { state: 'none' }
}

/**
 * Who held a key at a time. Somebody calls first and is put into the CRM afterwards: where nobody is known to have had the
 * key before, and nobody has given it up since, it is theirs from the start.
 */
function holdersThen(known: readonly Holder[], when: number): Holder[] {
  const then = known.filter((holder) => holder.heldFrom <= when && when < holder.heldTo)
  if (then.length > 0) return then
  const isNew = known.every((holder) => holder.heldFrom > when)
  const isKept = known.every((holder) => holder.heldTo === Number.POSITIVE_INFINITY)
  return isNew && (isKept || recordsOf(known).length === 1) ? [...known] : []
}

function recordsOf(holders: readonly Holder[]): number[] {
  return [...new Set(holders.map((holder) => holder.recordId))].sort((a, b) => a - b)
}

/** What stands at a place that a mapping names: `from_or_to`, or a path into the metadata. */
function at(conversation: Conversation, path: string): string[] {
  if (path === 'from_or_to') return conversation.contactNumber === null ? [] : [conversation.contactNumber]
  const [, ...keys] = path.split('.')
  const value = keys.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), conversation.metadata)
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : []
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
