import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { addPlanOptions, type PlanOptions, planFromOptions } from '../plan-options.ts'
import { readNumber } from '../read-number.ts'
import { followBackfill } from '../show/follow-backfill.ts'
import { showPlan } from '../show/show-plan.ts'
import { showStatus } from '../show/show-status.ts'
import { withOpened } from '../with-opened.ts'

export function addBackfillStart(backfill: Command, deps: CliDeps): void {
  addPlanOptions(backfill.command('start'))
    .description('start a planned backfill, or plan one by these options and start it')
    .argument('[id]', 'of the plan', readNumber)
    .option('--wait', 'show its progress until all is done')
    .action((id: number | undefined, options: PlanOptions & { wait?: true }) =>
      withOpened(deps, async (opened, actor) => {
        const planned = id === undefined ? await planFromOptions(opened, actor, options) : undefined
        if (planned !== undefined) deps.print(showPlan(planned))
        const started = await opened.startBackfill({ id: id ?? planned?.id ?? 0, actor })
        deps.print(`backfill ${started.id}: running`)
        if (planned === undefined)
          for (const warning of started.estimate.warnings ?? []) deps.warn(`warning: ${warning}`)
        if ((await opened.countWorkers()) === 0) {
          deps.warn('No worker runs just now; the backfill begins when one does: afterword serve')
        }
        if (options.wait) deps.print(showStatus(await followBackfill(() => opened.backfillStatus(started.id))))
      }),
    )
}
