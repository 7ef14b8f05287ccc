import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { withOpened } from '../with-opened.ts'
import { writeTextFile } from '../write-file.ts'

type Options = { connection: string; object?: string; agent?: string[]; out?: string; force?: true }

export function addMappingInit(mapping: Command, deps: CliDeps): void {
  mapping
    .command('init')
    .description("write a first mapping file, from what the agents extract and the CRM's fields as they are now")
    .requiredOption('--connection <name>', 'which CRM connection it is for')
    .option('--object <object>', 'contacts; in Salesforce Contact (default) or Lead')
    .option('--agent <id...>', 'only conversations of these agents')
    .option('--out <file>', 'where to write it; printed unless given')
    .option('--force', 'also over a file that is there')
    .action(({ connection, object, agent: agents, out, force }: Options) =>
      withOpened(deps, async (opened) => {
        const text = await opened.draftMapping({ connection, ...(object && { object }), ...(agents && { agents }) })
        if (out === undefined) return deps.print(text.trimEnd())
        await writeTextFile(out, text, force ? {} : { unlessThere: 'another --out, or --force' })
        deps.print(`${out}: look at every line, then afterword mapping check --live ${out}`)
      }),
    )
}
