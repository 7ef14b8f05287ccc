import type { Fields } from '../verdict.ts'
import type { Correction } from './store.ts'

/** What an analysis found, with the words of people in place of the model's. Pure. */
export function withCorrections(
  fields: Fields,
  corrections: readonly Pick<Correction, 'item' | 'value' | 'state'>[],
): Fields {
  const standing = corrections.filter(({ state }) => state === 'in_force')
  const corrected = standing.map(({ item, value }): [string, Fields[string]] => [
    item,
    { value, status: value === null ? 'not_mentioned' : 'found', evidence: [] },
  ])
  return { ...fields, ...Object.fromEntries(corrected) }
}
