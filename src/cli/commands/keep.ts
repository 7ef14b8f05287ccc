import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { readNumber } from '../read-number.ts'
import { showResult } from '../show/show-result.ts'
import { withOpened } from '../with-opened.ts'

type Options = { reason: string; json?: true }

export function addKeep(program: Command, deps: CliDeps): void {
  program
    .command('keep')
    .description('let one stored analysis count, such as a preview: no model call, and on to the CRM as a rerun')
    .argument('<conversation>', 'its id')
    .argument('<analysis>', 'its number, as `rerun --preview` tells it', readNumber)
    .option('--reason <text>', 'why, for the audit', 'afterword keep')
    .option('--json', 'print the result as JSON')
    .action((conversationId: string, number: number, { reason, json }: Options) =>
      withOpened(deps, async (opened, actor) => {
        const kept = await opened.keepAnalysis({ conversationId, number, actor, reason })
        deps.print(json ? JSON.stringify(kept, null, 2) : `${showResult(kept)}\nkept by run ${kept.runId}`)
      }),
    )
}
