import { type Command, Option } from 'commander'
import {
  type BackfillChanges,
  changesAsCsv,
  changesAsMarkdown,
  reportAsCsv,
  reportAsMarkdown,
} from '../../backfill/index.ts'
import type { CliDeps } from '../deps.ts'
import { readNumber } from '../read-number.ts'
import { followBackfill } from '../show/follow-backfill.ts'
import { showChanges } from '../show/show-changes.ts'
import { showStatus } from '../show/show-status.ts'
import { showReport } from '../show-report.ts'
import { withOpened } from '../with-opened.ts'

type Options = { json?: true; wait?: true; changes?: true; format?: 'json' | 'md' | 'csv' }

const inJson = (value: unknown) => JSON.stringify(value, null, 2)
const reportIn = { text: showReport, json: inJson, md: reportAsMarkdown, csv: reportAsCsv }
const changesIn = {
  text: showChanges,
  json: inJson,
  md: (changes: BackfillChanges) => changesAsMarkdown(changes).join('\n\n'),
  csv: changesAsCsv,
}

export function addBackfillShow(backfill: Command, deps: CliDeps): void {
  backfill
    .command('status')
    .description('how far it is')
    .argument('<id>', 'of the backfill', readNumber)
    .option('--wait', 'show its progress until all is done')
    .option('--json', 'print it as JSON')
    .action((id: number, { json, wait }: Options) =>
      withOpened(deps, async (opened) => {
        const read = () => opened.backfillStatus(id)
        const status = wait ? await followBackfill(read, json ? deps.warn : deps.print) : await read()
        deps.print(json ? JSON.stringify(status, null, 2) : showStatus(status))
      }),
    )
  backfill
    .command('watch')
    .description(
      'show its progress until all is done, or it is paused: a bar, or plain lines where there is no terminal',
    )
    .argument('<id>', 'of the backfill', readNumber)
    .action((id: number) =>
      withOpened(deps, async (opened) => {
        deps.print(showStatus(await followBackfill(() => opened.backfillStatus(id), deps.print)))
      }),
    )
  backfill
    .command('report')
    .description('what it has done to every CRM field it looked at: before, after, decision and reason')
    .argument('<id>', 'of the backfill', readNumber)
    .option('--changes', 'instead, per item what its analyses say otherwise than those before')
    .addOption(
      new Option(
        '--format <format>',
        'for a file: json, md (Markdown) or csv (a row per CRM field; with --changes, per item and pair of values)',
      ).choices(['json', 'md', 'csv']),
    )
    .option('--json', 'the same as --format json')
    .action((id: number, { json, format, changes }: Options) =>
      withOpened(deps, async (opened) => {
        const as = format ?? (json ? 'json' : 'text')
        const shown = changes
          ? changesIn[as](await opened.reportChanges(id))
          : reportIn[as](await opened.reportBackfill(id))
        deps.print(shown.replace(/\r?\n$/, ''))
      }),
    )
}
