import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { readNumber } from '../read-number.ts'
import { count } from '../show/words.ts'
import { withOpened } from '../with-opened.ts'

const description = 'try again what a CRM refused of it, once what was in the way is mended'

export function addRetry(program: Command, deps: CliDeps): void {
  program
    .command('retry')
    .description(description)
    .argument('<run>', 'its number, as `why` and every undo tell it', readNumber)
    .action((runId: number) =>
      withOpened(deps, async (opened, actor) => {
        const { records } = await opened.retryRun({ runId, actor })
        deps.print(told(`run ${runId}`, records))
      }),
    )
}

export function addBackfillRetry(backfill: Command, deps: CliDeps): void {
  backfill
    .command('retry')
    .description(description)
    .argument('<id>', 'of the backfill', readNumber)
    .action((id: number) =>
      withOpened(deps, async (opened, actor) => {
        const { records } = await opened.retryBackfill({ id, actor })
        deps.print(told(`backfill ${id}`, records))
      }),
    )
}

function told(what: string, records: number): string {
  return records === 0
    ? `${what}: nothing of it was refused`
    : `${what}: ${count(records, 'record')} to be pushed again`
}
