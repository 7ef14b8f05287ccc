import type { Command } from 'commander'
import { AppError } from '../../errors.ts'
import type { CliDeps } from '../deps.ts'
import { addPlanOptions, interruptible, type PlanOptions, planFromOptions } from '../plan-options.ts'
import { printPlan } from '../print-plan.ts'
import { readJsonFile } from '../read-file.ts'
import { readNumber } from '../read-number.ts'
import { followBackfill } from '../show/follow-backfill.ts'
import { showStatus } from '../show/show-status.ts'
import { withOpened } from '../with-opened.ts'

export function addBackfillStart(backfill: Command, deps: CliDeps): void {
  addPlanOptions(backfill.command('start'))
    .description('start a planned backfill, or plan one by these options and start it')
    .argument('[id]', 'of the plan', readNumber)
    .option(
      '--require-eval <file>',
      'start only if this evaluation (`eval --gate --out`) passed, with exactly these configs',
    )
    .option('--wait', 'show its progress until all is done')
    .option('--replan', 'only plan it again, with the prompts and rules of now; start the new plan after reading it')
    .action((id: number | undefined, options: PlanOptions & { wait?: true; replan?: true; requireEval?: string }) =>
      withOpened(deps, async (opened, actor) => {
        if (options.replan) {
          if (id === undefined) throw new AppError('cli.replan', 'stop', '--replan goes with the id of a plan')
          const again = await interruptible((signal) => opened.replanBackfill({ id, actor }, signal))
          await printPlan(deps, opened, again, false)
          return deps.print(`\nTo run exactly this:  afterword backfill start ${again.id} --wait`)
        }
        const { requireEval } = options
        const evaluation = requireEval === undefined ? {} : { evaluation: await readJsonFile(requireEval) }
        const planned = id === undefined ? await planFromOptions(opened, actor, options) : undefined
        if (planned !== undefined) await printPlan(deps, opened, planned, false)
        const started = await opened.startBackfill({ id: id ?? planned?.id ?? 0, actor, ...evaluation })
        deps.print(`backfill ${started.id}: running`)
        if (planned === undefined)
          for (const warning of started.estimate.warnings ?? []) deps.warn(`warning: ${warning}`)
        if ((await opened.countWorkers()) === 0) {
          deps.warn('No worker runs just now; the backfill begins when one does: afterword serve')
        }
        if (options.wait) {
          const last = await followBackfill(() => opened.backfillStatus(started.id), deps.print)
          deps.print(showStatus(last))
        }
      }),
    )
}
