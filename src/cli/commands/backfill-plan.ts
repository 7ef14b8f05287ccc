import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { addPlanOptions, type PlanOptions, planFromOptions } from '../plan-options.ts'
import { printPlan } from '../print-plan.ts'
import { readNumber } from '../read-number.ts'
import { withOpened } from '../with-opened.ts'

type Options = PlanOptions & { show?: number; json?: boolean }

export function addBackfillPlan(backfill: Command, deps: CliDeps): void {
  addPlanOptions(backfill.command('plan'))
    .description('freeze what would be done, and with what, and estimate it; nothing is run')
    .option(
      '--show <id>',
      'show again the plan of one made with --mapping-only, or of a canary that is stopped',
      readNumber,
    )
    .option('--json', 'print the plan as JSON; one that is exact with every cell, a record a line')
    .action(({ show, json = false, ...options }: Options) =>
      withOpened(deps, async (opened, actor) => {
        if (show !== undefined) return printPlan(deps, opened, { id: show, kind: 'mapping' }, json)
        const plan = await planFromOptions(opened, actor, options)
        await printPlan(deps, opened, plan, json)
        if (!json) deps.print(`\nTo run exactly this:  afterword backfill start ${plan.id} --wait`)
      }),
    )
}
