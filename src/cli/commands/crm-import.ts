import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { tally } from '../show/words.ts'
import { withOpened } from '../with-opened.ts'

export function addCrmImport(crm: Command, deps: CliDeps): void {
  crm
    .command('import')
    .description('read the records of the CRM: who has which number and e-mail')
    .argument('[connection]', 'by default all')
    .option('--full', 'every record, also where the CRM tells what has changed since the last import')
    .action((connection: string | undefined, { full: isFull = false }: { full?: boolean }) =>
      withOpened(deps, async (opened) => {
        const input = { isFull, ...(connection === undefined ? {} : { connection }) }
        const results = Object.entries(await opened.importRecords(input))
        const failures = results.flatMap(([, result]) => ('failed' in result ? [result.failed] : []))
        const summaries = results.flatMap(([name, result]) =>
          'failed' in result ? [] : result.map((summary) => ({ name, ...summary })),
        )
        for (const { name, object, scanned, created, changed, gone, skipped } of summaries) {
          const ended = gone > 0 ? `, ${gone} gone` : ''
          deps.print(`${name} ${object}: ${scanned} records read, ${created} new, ${changed} changed${ended}`)
          const reasons = Object.fromEntries(skipped.map(({ reason, count }) => [reason, count]))
          if (skipped.length > 0) deps.print(`  left out: ${tally(reasons)}`)
        }
        for (const { message } of failures) deps.warn(`error: ${message}`)
        if (failures.length > 0) throw new Failed()
        if (summaries.length === 0) deps.print('There is no mapping file, so there is nothing to import for.')
      }),
    )
}
