import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { readUsd } from '../guard-options.ts'
import { readNumber } from '../read-number.ts'
import { count } from '../show/words.ts'
import { addUndoOptions, followUndo, showUndoPlan, type UndoOptions } from '../undo-options.ts'
import { withOpened } from '../with-opened.ts'

const moves = {
  pause: { useCase: 'pauseBackfill', description: 'take up no more conversations; hold what was found' },
  'go-on': {
    useCase: 'goOnBackfill',
    description: 'let it go on that its canary has stopped: release what is held, take up the rest',
  },
  cancel: { useCase: 'cancelBackfill', description: 'end it for good; what it has pushed stays until it is undone' },
} as const

export function addBackfillMoves(backfill: Command, deps: CliDeps): void {
  for (const [name, { useCase, description }] of Object.entries(moves)) {
    backfill
      .command(name)
      .description(description)
      .argument('<id>', 'of the backfill', readNumber)
      .action((id: number) =>
        withOpened(deps, async (opened, actor) => {
          const { state } = await opened[useCase]({ id, actor })
          deps.print(`backfill ${id}: ${state}`)
        }),
      )
  }
  backfill
    .command('resume')
    .description('go on with a paused backfill, or with one that stands still for what it may cost')
    .argument('<id>', 'of the backfill', readNumber)
    .option('--max-cost-usd <amount>', 'what it may cost from now on, what it has cost included; or none', readMaxCost)
    .action((id: number, { maxCostUsd }: { maxCostUsd?: number | null }) =>
      withOpened(deps, async (opened, actor) => {
        const changed = maxCostUsd === undefined ? undefined : await opened.setMaxCost({ id, maxCostUsd, actor })
        const isGoing = changed?.state === 'running'
        const { state, parked } = isGoing ? changed : await opened.resumeBackfill({ id, actor })
        deps.print(`backfill ${id}: ${state}${parked ? `, still parked: ${parked.why}` : ''}`)
      }),
    )
  backfill
    .command('speed')
    .description('change how many conversations it analyses at a time, also while it runs')
    .argument('<id>', 'of the backfill', readNumber)
    .requiredOption('--concurrency <n>', 'from 1 to 256', readNumber)
    .action((id: number, { concurrency }: { concurrency: number }) =>
      withOpened(deps, async (opened, actor) => {
        const { state } = await opened.setSpeed({ id, concurrency, actor })
        deps.print(`backfill ${id}: ${state}, ${count(concurrency, 'conversation')} at a time`)
      }),
    )
  addUndoOptions(backfill.command('undo'), 'afterword backfill undo')
    .description('withdraw what it has done, wherever nothing later decides; can be undone itself')
    .argument('<id>', 'of the backfill', readNumber)
    .action((id: number, { reason, plan, wait, json }: UndoOptions) =>
      withOpened(deps, async (opened, actor) => {
        const input = { id, actor, reason }
        if (plan) return showUndoPlan(deps, (after) => opened.planUndoOfBackfill({ ...input, after }), json)
        const { runId, records } = await opened.undoBackfill(input)
        const told = `backfill ${id}: withdrawn by run ${runId}; ${records} records are looked at again`
        if (json) deps.warn(told)
        else deps.print(told)
        if (wait) await followUndo(deps, opened, runId, json)
      }),
    )
}

function readMaxCost(text: string): number | null {
  return text === 'none' ? null : readUsd(text)
}
