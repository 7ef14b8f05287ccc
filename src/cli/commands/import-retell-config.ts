import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { AppError } from '../../errors.ts'
import { readMappingFile, readYaml } from '../../mapping/index.ts'
import type { CliDeps } from '../deps.ts'
import { withOpened } from '../with-opened.ts'
import { writeTextFile } from '../write-file.ts'

type Options = { connection: string; out?: string }

const help = `
The file is JSON: { "agents": [...], "chat_agents": [...], "crm_config": ..., "app": ... }, each as the Retell API answers
(get-agent, get-chat-agent, get-crm-config, get-app); what is absent is passed over. The CRM's file says "write: false": look at it,
then take that line out.`

export function addImportRetellConfig(importing: Command, deps: CliDeps): void {
  importing
    .command('retell-config')
    .description('take over agents, and turn the CRM configuration into mapping files')
    .argument('<file>', 'what the Retell API answers, as JSON')
    .addOption(new Option('--connection <name>', "our name of the app's CRM connection").default('main'))
    .option('--out <folder>', 'where to write the mapping files; printed unless given')
    .addHelpText('after', help)
    .action((file: string, { connection, out }: Options) =>
      withOpened(deps, async (opened, actor) => {
        // JSON is YAML, which tells where everything stands.
        const { content, misprints } = readYaml(await readMappingFile(file))
        const [misprint] = misprints
        if (content === null || misprint)
          throw new AppError('cli.file', 'stop', `${file}:${misprint?.line}:${misprint?.column}  ${misprint?.message}`)
        const { agents, files, left } = await opened.importRetellConfig({ given: content.file, connection, actor })
        const fresh = agents.filter(({ stored }) => stored !== 'unchanged')
        deps.print(`${file}: ${agents.length} agents, ${fresh.length} of them new or changed`)
        for (const { name, text } of files) {
          if (out === undefined) deps.print(`\n# ${name}\n${text.trimEnd()}`)
          else {
            await writeTextFile(join(out, name), text, { unlessThere: 'another --out' })
            deps.print(`${join(out, name)}: look at every line, then afterword mapping check --live ${join(out, name)}`)
          }
        }
        for (const { path, message } of left) {
          const { line, column } = content.locate(path)
          deps.warn(path.length === 0 ? message : `${file}:${line}:${column}  left out, ${path.join('.')}: ${message}`)
        }
      }),
    )
}
