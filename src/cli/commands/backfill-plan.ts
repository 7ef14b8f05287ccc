import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { addPlanOptions, type PlanOptions, planFromOptions } from '../plan-options.ts'
import { showPlan } from '../show/show-plan.ts'
import { withOpened } from '../with-opened.ts'

export function addBackfillPlan(backfill: Command, deps: CliDeps): void {
  addPlanOptions(backfill.command('plan'))
    .description('freeze what would be done, and with what, and estimate it; nothing is run')
    .option('--json', 'print the plan as JSON')
    .action((options: PlanOptions & { json?: true }) =>
      withOpened(deps, async (opened, actor) => {
        const plan = await planFromOptions(opened, actor, options)
        if (options.json) return deps.print(JSON.stringify(plan, null, 2))
        deps.print(showPlan(plan))
        deps.print(`\nTo run exactly this:  afterword backfill start ${plan.id} --wait`)
      }),
    )
}
