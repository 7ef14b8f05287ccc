import type { Command } from 'commander'
import type { Finding } from '../../crm/index.ts'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { table } from '../show/table.ts'
import { withOpened } from '../with-opened.ts'

/** Advice is read to its end, not cut to a column. */
const widest = 240

const words: Record<Finding['verdict'], string> = { ok: 'ok', warning: 'warning', wrong: 'WRONG' }

export function addCrmDoctor(crm: Command, deps: CliDeps): void {
  crm
    .command('doctor')
    .description(
      'look whether a CRM account is as the mapping files in force need it: credentials, permissions, limits, fields, history, other writers; exit 1 where something is wrong',
    )
    .argument('[connection]', 'by default all')
    .addHelpText('after', '\nAsks the CRM a few calls. Changes nothing there.')
    .action((connection: string | undefined) =>
      withOpened(deps, async (opened) => {
        const results = Object.entries(await opened.inspectConnections(connection))
        const rows = results.flatMap(([name, result]) => rowsOf(name, 'failed' in result ? [failing(result)] : result))
        if (rows.length === 0) return deps.print('There is no connection: AFTERWORD_CONNECTIONS names them.')
        deps.print(table(['', 'connection', 'what', 'found'], rows, widest))
        if (rows.some(([verdict]) => verdict === words.wrong)) throw new Failed()
      }),
    )
}

function failing({ failed }: { failed: { message: string } }): Finding {
  return { about: 'connection', verdict: 'wrong', found: failed.message }
}

/** What to do stands in a line of its own under what was found. */
function rowsOf(connection: string, findings: readonly Finding[]): string[][] {
  return findings.flatMap(({ about, verdict, found, advice }) => [
    [words[verdict], connection, about, found],
    ...(advice === undefined ? [] : [['', '', '', `→ ${advice}`]]),
  ])
}
