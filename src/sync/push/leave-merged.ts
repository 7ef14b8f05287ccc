import type { Batch } from './within-pace.ts'

/**
 * What of a batch may go on beside others: not records that turned out to live on in another since a merge, for that one may
 * be in a batch under way, and no record is written by two at once. Those are put aside and keep their marks.
 */
export function leaveMerged({ marks, planned }: Batch): Batch & { aside: number[] } {
  const merged = planned.filter(({ facts, reading }) => reading !== null && reading.externalId !== facts.externalId)
  const aside = merged.map(({ facts }) => facts.recordId)
  return {
    marks: marks.filter(({ recordId }) => !aside.includes(recordId)),
    planned: planned.filter((record) => !merged.includes(record)),
    aside,
  }
}
