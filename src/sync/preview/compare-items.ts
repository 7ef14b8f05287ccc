import type { Correction, Fields } from '../../analysis/index.ts'
import type { FieldValue } from '../../mapping/index.ts'

/** One item before and after: what counts now, and what the preview found. Null: not asked, or failed as a whole. */
export type ComparedItem = {
  item: string
  before: FieldValue | null
  after: FieldValue | null
  isChanged: boolean
  /** A person's word stands in place of both. */
  isCorrected: boolean
}

/** Every item of two analyses, in the order of the newer one. Evidence may differ where the answer does not. Pure. */
export function compareItems(before: Fields, after: Fields, corrections: readonly Correction[]): ComparedItem[] {
  const corrected = new Set(corrections.filter(({ state }) => state === 'in_force').map(({ item }) => item))
  return [...new Set([...Object.keys(after), ...Object.keys(before)])].map((item) => {
    const [old = null, found = null] = [before[item], after[item]]
    const isChanged = answerOf(old) !== answerOf(found)
    return { item, before: old, after: found, isChanged, isCorrected: corrected.has(item) }
  })
}

function answerOf(field: FieldValue | null): string {
  return JSON.stringify(field && [field.status, field.value])
}
