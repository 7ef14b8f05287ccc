import type { Command } from 'commander'
import { formatSnapshot } from '../../crm/index.ts'
import { AppError } from '../../errors.ts'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { withOpened } from '../with-opened.ts'
import { writeTextFile } from '../write-file.ts'

export function addCrmSchema(crm: Command, deps: CliDeps): void {
  crm
    .command('schema')
    .description("print the fields of the CRM's objects, to keep beside the mapping files: `mapping check --schema`")
    .argument('[connection]', 'by default all')
    .option('--save <file>', 'write it to a file instead; what was there is replaced')
    .addHelpText('after', '\nOnly what fields are, nothing of any record. Sorted: two of the same schema are equal.')
    .action((connection: string | undefined, { save }: { save?: string }) =>
      withOpened(deps, async (opened) => {
        const results = Object.values(await opened.describeObjects(connection))
        const failures = results.flatMap((result) => ('failed' in result ? [result.failed] : []))
        for (const { message } of failures) deps.warn(`error: ${message}`)
        // Half a schema would pass for the whole of it.
        if (failures.length > 0) throw new Failed()
        const snapshot = results.flatMap((result) => ('failed' in result ? [] : result))
        if (snapshot.length === 0) {
          throw new AppError('cli.no_connection', 'stop', 'there is no connection: AFTERWORD_CONNECTIONS names them')
        }
        const text = formatSnapshot(snapshot)
        if (save === undefined) return deps.print(text.trimEnd())
        await writeTextFile(save, text)
        for (const { connection, object, fields } of snapshot) {
          deps.print(`${save}: ${connection} ${object}, ${fields.length} fields`)
        }
      }),
    )
}
