import { toE164 } from '../../contacts/index.ts'
import type { Conversation } from '../../conversations/index.ts'
import type { Mapping, MatchStep } from '../../mapping/index.ts'

/** Who held a key, from when to when (epoch ms, open ends infinite), and in which CRM field it stands. */
export type Holder = { recordId: number; property: string; heldFrom: number; heldTo: number }

export type Match =
  | { state: 'matched'; recordId: number; step: string }
  | { state: 'parked'; candidates: number[]; step: string }
  | { state: 'none' }

export type KeyKind = MatchStep['by']

/** The keys a step of a mapping looks for in a conversation, in the spelling of the index. Pure. */
export function keysOf(conversation: Conversation, step: MatchStep, mapping: Mapping): string[] {
  const raw = step.of.flatMap((path) => at(conversation, path))
  if (step.by === 'number') return raw.flatMap((text) => toE164(text, mapping.defaultCountry) ?? [])
  return raw.map((text) => (step.by === 'email' ? text.trim().toLowerCase() : text.trim())).filter((key) => key !== '')
}

/**
 * The record a conversation belongs to, by the first step of the mapping that finds one. Pure. A key counts for whoever
 * held it when the conversation took place; a key that changed hands since, holder unknown, parks: never a guess.
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
      .filter((holder) => step.by !== 'number' || step.in.includes(holder.property))
    const then = known.filter((holder) => holder.heldFrom <= when && when < holder.heldTo)
    const candidates = [...new Set((then.length > 0 ? then : known).map((holder) => holder.recordId))].sort(
      (a, b) => a - b,
    )
    const [only] = candidates
    if (only === undefined) continue
    if (then.length > 0 && candidates.length === 1) return { state: 'matched', recordId: only, step: step.by }
    if (then.length > 0 && mapping.ambiguous === 'newest') {
      return { state: 'matched', recordId: Math.max(...candidates), step: `${step.by}:newest` }
    }
    return { state: 'parked', candidates, step: step.by }
  }
  return { state: 'none' }
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
