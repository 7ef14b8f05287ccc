import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { readNumber } from '../read-number.ts'
import { withOpened } from '../with-opened.ts'

export function addUndo(program: Command, deps: CliDeps): void {
  program
    .command('undo')
    .description('withdraw a run: a rerun, a deletion, or an undo, which brings back what it had undone')
    .argument('<run>', 'its number, as `why` and every undo tell it', readNumber)
    .option('--reason <text>', 'why, for the audit', 'afterword undo')
    .action((runId: number, { reason }: { reason: string }) =>
      withOpened(deps, async (opened, actor) => {
        const undone = await opened.undoRun({ runId, actor, reason })
        deps.print(`run ${runId}: withdrawn by run ${undone.runId}; ${undone.records} records are looked at again`)
      }),
    )
}
