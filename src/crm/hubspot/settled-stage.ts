import type { Wire } from '../contract.ts'
import { type Row, type Verdict, withoutFields, written } from '../rows.ts'

const STAGE = 'lifecyclestage'

const backwards = {
  field: STAGE,
  code: 'LIFECYCLE_STAGE_BACKWARDS',
  reason: 'HubSpot moves a lifecycle stage forwards only, unless it is emptied first',
}

/**
 * The verdict on a row that was answered. HubSpot answers success where it leaves a lifecycle stage as it was, for it moves none
 * backwards (crm.md 1.5): only the value in its answer tells. Pure.
 */
export function settledStage(row: Row, answered: Record<string, Wire>): Verdict {
  const wanted = row.values[STAGE] ?? null
  const isLeft = wanted !== null && STAGE in answered && answered[STAGE] !== wanted
  return written(isLeft ? withoutFields(row, [backwards]) : row, answered)
}
