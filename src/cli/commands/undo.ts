import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { readNumber } from '../read-number.ts'
import { addUndoOptions, followUndo, showUndoPlan, type UndoOptions } from '../undo-options.ts'
import { withOpened } from '../with-opened.ts'

export function addUndo(program: Command, deps: CliDeps): void {
  addUndoOptions(program.command('undo'), 'afterword undo')
    .description('withdraw a run: a rerun, a deletion, or an undo, which brings back what it had undone')
    .argument('<run>', 'its number, as `why` and every undo tell it', readNumber)
    .action((runId: number, { reason, plan, wait, json }: UndoOptions) =>
      withOpened(deps, async (opened, actor) => {
        const input = { runId, actor, reason }
        if (plan) return showUndoPlan(deps, (after) => opened.planUndo({ ...input, after }), json)
        const undone = await opened.undoRun(input)
        const told = `run ${runId}: withdrawn by run ${undone.runId}; ${undone.records} records are looked at again`
        if (json) deps.warn(told)
        else deps.print(told)
        if (wait) await followUndo(deps, opened, undone.runId, json)
      }),
    )
}
