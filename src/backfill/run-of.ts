import type { Backfill } from './types.ts'

/** What a backfill's run decides with, as its plan froze it. */
export function runOf({ reason, frozen, fields }: Pick<Backfill, 'reason' | 'frozen' | 'fields'>) {
  return { reason, mappingFiles: Object.values(frozen.mappings), ...(fields === null ? {} : { fields }) }
}
