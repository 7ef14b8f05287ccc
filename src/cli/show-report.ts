import type { BackfillReport } from '../backfill/index.ts'
import { showCells } from './show/show-cells.ts'
import { showFailures } from './show/show-failures.ts'
import { showStatus } from './show/show-status.ts'
import { usd } from './show/words.ts'

/** What a backfill came to, and below it every CRM field it looked at. */
export function showReport({ status, cost, cells, failures, nothingToDo }: BackfillReport): string {
  const lines = [showStatus(status), `  cost       ${usd(cost.actualUsd)}, estimated ${usd(cost.estimatedUsd)}`]
  if (nothingToDo) lines.push('Nothing had to be asked or written: everything stood as it should.')
  const failed = showFailures(failures, `afterword backfill retry ${status.backfill.id}`)
  if (failed !== null) lines.push('', failed)
  if (cells.length > 0)
    lines.push(
      '',
      showCells(cells, (externalId) => externalId),
    )
  return lines.join('\n')
}
