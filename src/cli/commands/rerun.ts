import type { Command } from 'commander'
import type { ConfigChoice } from '../../analysis/index.ts'
import { AppError } from '../../errors.ts'
import type { CliDeps, Opened } from '../deps.ts'
import { Failed } from '../failed.ts'
import { readJsonFile } from '../read-file.ts'
import { readNumber, readVersion } from '../read-number.ts'
import { showCells } from '../show/show-cells.ts'
import { showPreview } from '../show/show-preview.ts'
import { showReruns } from '../show/show-reruns.ts'
import { showResult } from '../show/show-result.ts'
import { withOpened } from '../with-opened.ts'

type Options = {
  preview?: true
  version?: number
  config?: string
  fields?: string[]
  background?: true
  reason: string
  json?: true
}

export function addRerun(program: Command, deps: CliDeps): void {
  program
    .command('rerun')
    .description('analyse calls or chats again, with the newest draft of their agents')
    .argument('<conversations...>', 'their ids; several are done by the workers, as one run')
    .option('--fields <names>', 'only these items, by name with commas; the others stay as they count now', readNames)
    .option('--background', 'have it done by the workers, and do not wait for it')
    .option('--preview', 'only say what would change, item by item and CRM field by field, until it is kept')
    .option('--version <number>', 'with --preview: this version of the agent in place of its newest draft', readVersion)
    .option('--config <file>', 'with --preview: { items, model } as JSON in place of any version')
    .option('--reason <text>', 'why, for the audit', 'afterword rerun')
    .option('--json', 'print the result as JSON')
    .action((ids: [string, ...string[]], options: Options) =>
      withOpened(deps, async (opened, actor) => {
        const { preview, version, config, fields, background, reason, json } = options
        const ask = { actor, reason, ...(fields && { fields }) }
        if (background || ids.length > 1) {
          if (preview || version !== undefined || config !== undefined) throw oneAtATime()
          const { runId } = await opened.askReruns({ ...ask, conversationIds: ids })
          const told = { run_id: runId, conversations: ids.length }
          deps.print(
            json
              ? JSON.stringify(told)
              : `asked for as run ${runId}: \`afterword reruns ${runId}\` tells how it stands`,
          )
          return
        }
        const choice: ConfigChoice = {
          ...(version !== undefined && { version }),
          ...(config !== undefined && { inline: await readJsonFile(config) }),
        }
        const input = { conversationId: ids[0], ...ask, ...choice }
        const [result, text] = preview
          ? await opened.previewRerun(input).then((previewed) => [previewed, showPreview(previewed)] as const)
          : await rerun(opened, input)
        deps.print(json ? JSON.stringify(result, null, 2) : text)
        if (result.outcome !== 'ok' && result.outcome !== 'skipped') throw new Failed()
      }),
    )
  program
    .command('reruns')
    .description('how reruns stand that the workers do')
    .argument('<run>', 'the number of their run', readNumber)
    .option('--json', 'print every one as JSON')
    .action((runId: number, { json }: { json?: true }) =>
      withOpened(deps, async (opened) => {
        const reruns = await opened.readReruns(runId)
        deps.print(json ? JSON.stringify(reruns, null, 2) : showReruns(reruns))
      }),
    )
}

async function rerun(opened: Opened, input: Parameters<Opened['rerunConversation']>[0]) {
  const kept = await opened.rerunConversation(input)
  const { cells, waiting } = await opened.correctionCells({ conversationId: input.conversationId, runId: kept.runId })
  const lines = [
    showResult(kept),
    ...(cells.length > 0 ? [showCells(cells, (externalId) => externalId)] : []),
    ...(waiting ? ['not pushed yet; `why` tells later what became of a field'] : []),
  ]
  return [{ ...kept, waiting, cells }, lines.join('\n')] as const
}

function readNames(text: string): string[] {
  return text.split(',').map((name) => name.trim())
}

function oneAtATime(): AppError {
  const message = 'a preview, and another config than the newest draft, are for one conversation that is waited for'
  return new AppError('cli.one_at_a_time', 'stop', message)
}
