import type { Backfill } from '../backfill/index.ts'
import type { CliDeps, Opened } from './deps.ts'
import { showExactPlan } from './show/show-exact-plan.ts'
import { showPlan } from './show/show-plan.ts'

/** As many changes as a person looks through. */
const mostShown = 20
const rowsAtOnce = 500

/** Prints a plan: an estimate as it is, an exact one with its first changes, or as JSON with all of them, a record a line. */
export async function printPlan(
  { print }: Pick<CliDeps, 'print'>,
  opened: Pick<Opened, 'readBackfillPlan'>,
  backfill: Backfill | { id: number; kind: 'mapping' },
  json: boolean,
): Promise<void> {
  if ('state' in backfill && backfill.kind === 'extract')
    return print(json ? JSON.stringify(backfill, null, 2) : showPlan(backfill))
  const { id } = backfill
  let page = await opened.readBackfillPlan({ id, most: rowsAtOnce })
  if (!json) return print(showExactPlan(page, mostShown))
  print(JSON.stringify({ backfill: page.backfill, plan: page.plan }))
  while (page.rows.length + page.creations.length > 0) {
    for (const row of [...page.rows, ...page.creations]) print(JSON.stringify(row))
    if (page.next === null) return
    page = await opened.readBackfillPlan({ id, after: page.next, most: rowsAtOnce })
  }
}
