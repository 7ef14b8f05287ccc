import type { ActivityCounts, PlannedActivity } from './types.ts'

export function noActivityCounts(): ActivityCounts {
  return { created: 0, updated: 0, removed: 0, refused: 0 }
}

/**
 * How many of these activities would be created, changed and removed, and how many would not, as the CRM has refused them not long
 * ago; those that must not be written are none. Pure.
 */
export function countPlanned(planned: readonly PlannedActivity[]): ActivityCounts {
  const counts = noActivityCounts()
  for (const { action, isObserved, draft } of planned) {
    if (isObserved) continue
    if (action === 'refused') counts.refused += 1
    else if (action === 'remove' || draft === null) counts.removed += 1
    else if (action === 'create' || action === 'wait') counts.created += 1
    else counts.updated += 1
  }
  return counts
}

export function addCounts(to: ActivityCounts, { created, updated, removed, refused }: ActivityCounts): void {
  to.created += created
  to.updated += updated
  to.removed += removed
  to.refused += refused
}
