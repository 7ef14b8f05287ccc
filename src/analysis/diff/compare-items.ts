import type { FieldValue } from '../../mapping/index.ts'
import type { Correction } from '../corrections/store.ts'
import type { Fields } from '../verdict.ts'

/**
 * `appeared`: a value where none was found before; `vanished`: the reverse; `changed`: another value, or another reason why there
 * is none.
 */
export type Change = 'unchanged' | 'changed' | 'appeared' | 'vanished'

/** One item before and after, of two analyses of one conversation. Null: not asked, or failed as a whole. */
export type ComparedItem = {
  item: string
  before: FieldValue | null
  after: FieldValue | null
  change: Change
  isChanged: boolean
  /** A person's word stands in place of both. */
  isCorrected: boolean
}

/** Every item of two analyses, in the order of the newer one. Evidence may differ where the answer does not. Pure. */
export function compareItems(
  before: Fields,
  after: Fields,
  corrections: readonly Pick<Correction, 'item' | 'state'>[] = [],
): ComparedItem[] {
  const corrected = new Set(corrections.filter(({ state }) => state === 'in_force').map(({ item }) => item))
  return [...new Set([...Object.keys(after), ...Object.keys(before)])].map((item) => {
    const [old, found] = [fieldOf(before, item), fieldOf(after, item)]
    const change = changeOf(old, found)
    return {
      item,
      before: old,
      after: found,
      change,
      isChanged: change !== 'unchanged',
      isCorrected: corrected.has(item),
    }
  })
}

function changeOf(before: FieldValue | null, after: FieldValue | null): Change {
  if (answerOf(before) === answerOf(after)) return 'unchanged'
  if (before?.status !== 'found' && after?.status === 'found') return 'appeared'
  return before?.status === 'found' && after?.status !== 'found' ? 'vanished' : 'changed'
}

function answerOf(field: FieldValue | null): string {
  return JSON.stringify(field && [field.status, field.value])
}

/** Items may have names such as `constructor`. */
function fieldOf(fields: Fields, item: string): FieldValue | null {
  return Object.hasOwn(fields, item) ? (fields[item] ?? null) : null
}
