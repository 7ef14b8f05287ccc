import type { BackfillReport } from '../../backfill/index.ts'
import { table } from './table.ts'
import { count } from './words.ts'

/** What could not be written, by reason, with one example of each; null where all of it could. */
export function showFailures(failures: BackfillReport['failures'], retry: string): string | null {
  if (failures.length === 0) return null
  const cells = failures.reduce((sum, failure) => sum + failure.cells, 0)
  const rows = failures.map(({ connection, decision, reason, cells: own, example }) => [
    `${decision} by ${connection}`,
    reason,
    String(own),
    `${example.field} of ${example.externalId}`,
  ])
  const shown = table(['failure', 'reason', 'fields', 'such as'], rows, 60)
  return `${count(cells, 'field')} could not be written. Mend what is in the way, then: ${retry}\n${shown}`
}
