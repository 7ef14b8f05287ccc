import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { readNumber } from '../read-number.ts'
import { showDiff } from '../show/show-diff.ts'
import { withOpened } from '../with-opened.ts'

export function addConversation(program: Command, deps: CliDeps): void {
  const conversation = program.command('conversation').description('one call or chat')
  conversation
    .command('delete')
    .description('withdraw what a conversation says and remove it; it can be brought back until its grace ends')
    .argument('<id>', 'the id of the call or chat')
    .requiredOption('--reason <text>', 'why, for the audit')
    .action((id: string, { reason }: { reason: string }) =>
      withOpened(deps, async (opened, actor) => {
        const { runId, until, isNew } = await opened.deleteConversation({ id, actor, reason })
        const back = `\`afterword undo ${runId}\` brings it back until ${until?.toISOString()}`
        if (until === null) return deps.print(`${id}: removed for good before; nothing to do`)
        deps.print(isNew ? `${id}: deleted by run ${runId}; ${back}` : `${id}: deleted already; ${back}`)
      }),
    )
  conversation
    .command('diff')
    .description(
      'what two analyses of a conversation say otherwise; unless told, the newest preview or rerun against the one before',
    )
    .argument('<id>', 'the id of the call or chat')
    .option('--from <number>', 'the older analysis', readNumber)
    .option('--to <number>', 'the newer analysis', readNumber)
    .option('--json', 'print every item as JSON')
    .action((conversationId: string, { json, ...sides }: { from?: number; to?: number; json?: true }) =>
      withOpened(deps, async (opened) => {
        const diff = await opened.diffAnalyses({ conversationId, ...sides })
        deps.print(json ? JSON.stringify(diff, null, 2) : showDiff(diff))
      }),
    )
}
