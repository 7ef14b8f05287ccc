import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { readNumber } from '../read-number.ts'
import { followBackfill } from '../show/follow-backfill.ts'
import { showChanges } from '../show/show-changes.ts'
import { showStatus } from '../show/show-status.ts'
import { showReport } from '../show-report.ts'
import { withOpened } from '../with-opened.ts'

type Options = { json?: true; wait?: true; changes?: true }

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
    .option('--json', 'print it as JSON')
    .action((id: number, { json, changes }: Options) =>
      withOpened(deps, async (opened) => {
        if (changes) {
          const changed = await opened.reportChanges(id)
          return deps.print(json ? JSON.stringify(changed, null, 2) : showChanges(changed))
        }
        const report = await opened.reportBackfill(id)
        deps.print(json ? JSON.stringify(report, null, 2) : showReport(report))
      }),
    )
}
