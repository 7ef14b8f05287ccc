import type { Command } from 'commander'
import type { AnalysisResult } from '../../analysis/index.ts'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { table } from '../show/table.ts'
import { usd } from '../show/words.ts'
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
        deps.print(json ? JSON.stringify(result, null, 2) : showResult(result))
        if (result.outcome !== 'ok' && result.outcome !== 'skipped') throw new Failed()
      }),
    )
}

function showResult({ conversationId, outcome, reason, number, cached, costUsd, fields = {} }: AnalysisResult): string {
  const end = outcome === 'ok' ? `analysis ${number}` : [outcome, reason].filter(Boolean).join(', ')
  const rows = Object.entries(fields).map(([name, { value, status }]) => [name, status, JSON.stringify(value)])
  return [
    `${conversationId}: ${end} (${cached ? 'from the cache, no model call' : usd(costUsd)})`,
    ...(rows.length > 0 ? [table(['field', 'status', 'value'], rows, 100)] : []),
  ].join('\n')
}
