import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { showSpending } from '../show/show-spending.ts'
import { withOpened } from '../with-opened.ts'

export function addSpending(program: Command, deps: CliDeps): void {
  program
    .command('spending')
    .description('what models cost in this day and month (UTC), what the limits leave, and what waits because of them')
    .option('--json', 'print it as JSON')
    .action(({ json }: { json?: true }) =>
      withOpened(deps, async (opened) => {
        const spending = await opened.reportSpending()
        deps.print(json ? JSON.stringify(spending, null, 2) : showSpending(spending))
      }),
    )
}
