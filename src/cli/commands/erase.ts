import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { withOpened } from '../with-opened.ts'

export function addErase(program: Command, deps: CliDeps): void {
  program
    .command('erase')
    .description('erase a person for good: contact, conversations and everything found in them; the CRM is left alone')
    .argument('<contact>', 'contact_12, a number or an e-mail')
    .requiredOption('--reason <text>', 'why, for the audit; without the name')
    .action((contact: string, { reason }: { reason: string }) =>
      withOpened(deps, async (opened, actor) => {
        const { runId, conversations, records, shared } = await opened.eraseContact({ contact, actor, reason })
        deps.print(`erased by run ${runId}: ${conversations} conversations, ${records} records of ours`)
        if (shared > 0) deps.print(`${shared} records that others share: what we knew of their fields is forgotten`)
      }),
    )
}
