import type { Conversation } from '../../conversations/index.ts'
import type { FieldValue, Value } from '../../mapping/index.ts'
import type { Fields } from '../verdict.ts'

/** Heard on the line, not said: the doors show it beside any analysis. */
const notExtracted = 'in_voicemail'

/**
 * What the vendor's own analysis says, in `call_analysis` or `chat_analysis`, or null where it has none. It has no word for doubt and no
 * evidence: what is there counts as found, what is null or blank as not mentioned. Pure.
 *
 * @see reference/retell.md 1.1
 */
export function readVendorAnalysis({ kind, raw }: Pick<Conversation, 'kind' | 'raw'>): Fields | null {
  const analysis = raw[`${kind}_analysis`]
  if (!isObject(analysis)) return null
  const { custom_analysis_data: custom, [notExtracted]: _heard, ...presets } = analysis
  const fields = Object.entries({ ...(isObject(custom) ? custom : {}), ...presets })
  return fields.length === 0 ? null : Object.fromEntries(fields.map(([item, given]) => [item, toField(given)]))
}

function toField(given: unknown): FieldValue {
  if (given === null || (typeof given === 'string' && given.trim() === '')) {
    return { value: null, status: 'not_mentioned', evidence: [] }
  }
  return isValue(given)
    ? { value: given, status: 'found', evidence: [] }
    : { value: null, status: 'invalid', evidence: [], reason: 'malformed' }
}

function isValue(given: unknown): given is Exclude<Value, null> {
  if (Array.isArray(given)) return given.every((entry) => typeof entry === 'string')
  return (
    typeof given === 'string' || typeof given === 'boolean' || (typeof given === 'number' && Number.isFinite(given))
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
