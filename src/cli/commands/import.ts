import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { linesOf, readJsonFile } from '../read-file.ts'
import { withOpened } from '../with-opened.ts'
import { addImportRetellConfig } from './import-retell-config.ts'

type Options = { analyse?: boolean; useVendorAnalysis?: boolean; agents?: string }

export function addImport(program: Command, deps: CliDeps): void {
  const importing = program
    .command('import')
    .description(
      'take in calls and chats: JSON Lines of the objects that the Retell API gives, or of conversations of any platform (README)',
    )
    .argument('<file>', 'one call or chat object per line')
    .option('--analyse', 'have what is new or changed analysed by the workers')
    .option(
      '--use-vendor-analysis',
      'what the vendor has found in them counts, in place of a model call, until a rerun',
    )
    .option('--agents <file>', 'take over their agents first: { "agents": [...], "chat_agents": [...] }')
    .action((file: string, { analyse = false, useVendorAnalysis: useVendors = false, agents }: Options) =>
      withOpened(deps, async (opened, actor) => {
        if (agents !== undefined) {
          const taken = await opened.importAgents({ file: await readJsonFile(agents), actor })
          const fresh = taken.filter(({ stored }) => stored !== 'unchanged')
          deps.print(`${agents}: ${taken.length} agents, ${fresh.length} of them new or changed`)
        }
        const report = await opened.importConversations({
          lines: linesOf(file),
          actor,
          reason: `import ${file}`,
          analyse,
          useVendors,
        })
        const { lines, stored, changed, unchanged, dropped, problemCount, problems } = report
        deps.print(
          `${file}: ${lines} conversations: ${stored} new, ${changed} changed, ${unchanged} unchanged, ${problemCount} unreadable${dropped > 0 ? `, ${dropped} dropped as removed before` : ''}`,
        )
        for (const { line, message } of problems) deps.warn(`${file}:${line}  ${message}`)
        if (problemCount > problems.length) deps.warn(`${file}: and ${problemCount - problems.length} more`)
        if (problemCount > 0) throw new Failed()
      }),
    )
  addImportRetellConfig(importing, deps)
}
