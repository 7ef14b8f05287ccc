import type { ConversationKind } from '../db/index.ts'
import type { FieldValue } from '../mapping/index.ts'
import type { CompiledItem } from './compile-items.ts'
import { successName } from './presets.ts'

export type Fields = Record<string, FieldValue>

const unsaid = new Set(['not_mentioned', 'ambiguous', 'declined'])

/**
 * "If required is true and the data is not extracted, the call will be marked as unsuccessful" (reference/retell.md 1.1).
 * Only where the conversation does not say it: an answer that is invalid or unverified is our failure, not the agent's. Pure.
 */
export function failMissingRequired(kind: ConversationKind, items: CompiledItem[], fields: Fields): Fields {
  const missing = items.find((item) => !item.isPreset && item.required && unsaid.has(fields[item.name]?.status ?? ''))
  if (!missing) return fields
  return {
    ...fields,
    [successName(kind)]: { value: false, status: 'found', evidence: [], reason: `${missingMark}${missing.name}` },
  }
}

const missingMark = 'required_missing: '

/** The required item for want of which a success was denied. Pure. */
export function requiredMissing(success: FieldValue | undefined): string | undefined {
  return success?.reason?.startsWith(missingMark) ? success.reason.slice(missingMark.length) : undefined
}

/** What lists filter by, where the analysis found it. Pure. */
export function verdictOf(
  kind: ConversationKind,
  fields: Fields,
): { successful: boolean | null; sentiment: string | null } {
  const successful = foundValue(fields, successName(kind))
  const sentiment = foundValue(fields, 'user_sentiment')
  return {
    successful: typeof successful === 'boolean' ? successful : null,
    sentiment: typeof sentiment === 'string' ? sentiment : null,
  }
}

function foundValue(fields: Fields, name: string): FieldValue['value'] {
  const field = fields[name]
  return field?.status === 'found' ? field.value : null
}
