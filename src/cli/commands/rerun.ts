import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { formatTable, formatUsd } from '../table.ts'
import { withOpened } from '../with-opened.ts'

type Options = { reason: string; json?: true }

export function addRerun(program: Command, deps: CliDeps): void {
  program
    .command('rerun')
    .description('analyse one call or chat again, with the newest draft of its agent')
    .argument('<conversation>', 'its id')
    .option('--reason <text>', 'why, for the audit', 'afterword rerun')
    .option('--json', 'print the result as JSON')
    .action((conversationId: string, { reason, json }: Options) =>
      withOpened(deps, async (opened, actor) => {
        const result = await opened.rerunConversation({ conversationId, actor, reason })
        const { outcome, reason: why, number, cached, costUsd, fields = {} } = result
        if (json) deps.print(JSON.stringify(result, null, 2))
        else {
          const source = cached ? 'from the cache, no model call' : formatUsd(costUsd)
          deps.print(
            outcome === 'ok'
              ? `${conversationId}: analysis ${number} (${source})`
              : `${conversationId}: ${outcome}${why ? `, ${why}` : ''}`,
          )
          const rows = Object.entries(fields).map(([name, { value, status }]) => [
            `  ${name}`,
            status,
            JSON.stringify(value),
          ])
          if (rows.length > 0) deps.print(formatTable(rows))
        }
        if (outcome !== 'ok' && outcome !== 'skipped') throw new Failed()
      }),
    )
}
