import { type Condition, type Filter, matches, type Subject } from '../filters/index.ts'
import type { FieldValue } from './types.ts'

/**
 * Whether a rule's `when` holds for what is known. `unknown`: it reads an item that this analysis was not asked for, or
 * has no trustworthy answer to, and nothing else decides: a failed rerun must not turn a condition false, which would
 * withdraw an older answer. Pure.
 */
export function judgeCondition(
  when: Filter,
  subject: Subject,
  fields: Record<string, FieldValue>,
): 'holds' | 'fails' | 'unknown' {
  const known = when.conditions.filter((condition) => isKnown(condition, subject, fields))
  if (!matches({ ...when, conditions: known }, subject)) return 'fails'
  return known.length === when.conditions.length ? 'holds' : 'unknown'
}

function isKnown(condition: Condition, subject: Subject, fields: Record<string, FieldValue>): boolean {
  const read = itemRead(condition, subject)
  if (read === null) return true
  const status = Object.hasOwn(fields, read.item) ? fields[read.item]?.status : undefined
  if (status === undefined) return read.value !== undefined && read.value !== null
  return status !== 'refused' && status !== 'invalid' && status !== 'unverified'
}

/** The analysis item that a condition reads, and what the conversation holds of it; null where it reads no item. */
function itemRead(condition: Condition, subject: Subject): { item: string; value: unknown } | null {
  switch (condition.field) {
    case 'successful':
      return { item: `${subject.kind}_successful`, value: subject.successful }
    case 'user_sentiment':
      return { item: 'user_sentiment', value: subject.user_sentiment }
    case 'custom_analysis_data':
      return { item: condition.key, value: subject.custom_analysis_data?.[condition.key] }
    default:
      return null
  }
}
