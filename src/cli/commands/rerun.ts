import type { Command } from 'commander'
import type { ConfigChoice } from '../../analysis/index.ts'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { readJsonFile } from '../read-file.ts'
import { readVersion } from '../read-number.ts'
import { showPreview } from '../show/show-preview.ts'
import { showResult } from '../show/show-result.ts'
import { withOpened } from '../with-opened.ts'

type Options = { preview?: true; version?: number; config?: string; reason: string; json?: true }

export function addRerun(program: Command, deps: CliDeps): void {
  program
    .command('rerun')
    .description('analyse one call or chat again, with the newest draft of its agent')
    .argument('<conversation>', 'its id')
    .option('--preview', 'only say what would change, item by item and CRM field by field, until it is kept')
    .option('--version <number>', 'with --preview: this version of the agent in place of its newest draft', readVersion)
    .option('--config <file>', 'with --preview: { items, model } as JSON in place of any version')
    .option('--reason <text>', 'why, for the audit', 'afterword rerun')
    .option('--json', 'print the result as JSON')
    .action((conversationId: string, { preview, version, config, reason, json }: Options) =>
      withOpened(deps, async (opened, actor) => {
        const choice: ConfigChoice = {
          ...(version !== undefined && { version }),
          ...(config !== undefined && { inline: await readJsonFile(config) }),
        }
        const input = { conversationId, actor, reason, ...choice }
        const [result, text] = preview
          ? await opened.previewRerun(input).then((previewed) => [previewed, showPreview(previewed)] as const)
          : await opened.rerunConversation(input).then((rerun) => [rerun, showResult(rerun)] as const)
        deps.print(json ? JSON.stringify(result, null, 2) : text)
        if (result.outcome !== 'ok' && result.outcome !== 'skipped') throw new Failed()
      }),
    )
}
