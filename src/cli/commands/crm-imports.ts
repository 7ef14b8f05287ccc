import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { showImports } from '../show/show-imports.ts'
import { withOpened } from '../with-opened.ts'

export function addCrmImports(crm: Command, deps: CliDeps): void {
  crm
    .command('imports')
    .description('when each connection was last imported, what was read and left out, and what failed')
    .option('--json', 'print it as JSON')
    .action(({ json }: { json?: true }) =>
      withOpened(deps, async (opened) => {
        const reports = await opened.reportImports()
        deps.print(json ? JSON.stringify(reports, null, 2) : showImports(reports))
      }),
    )
}
