import { type Command, InvalidArgumentError } from 'commander'
import { parseTime } from '../../filters/index.ts'
import type { CliDeps } from '../deps.ts'
import { interruptible } from '../plan-options.ts'
import { withOpened } from '../with-opened.ts'

const outcome = 'what was read is stored, and the next pull goes on there'

type Options = { since?: Date; account?: string }

export function addPull(program: Command, deps: CliDeps): void {
  program
    .command('pull')
    .description('read the history of a vendor of conversations')
    .command('retell')
    .description('read calls, chats and the agents they name from the Retell API, from where the last pull has come to')
    .option(
      '--since <time>',
      'begin there, where the last pull began later: 2026-01-01, or a time with its zone',
      readTime,
    )
    .option('--account <name>', 'one of AFTERWORD_RETELL; by default all of them')
    .action((options: Options) =>
      withOpened(deps, async (opened, actor) => {
        const reports = await interruptible((signal) => opened.pullRetell({ ...options, actor, signal }), outcome)
        for (const [account, report] of Object.entries(reports)) {
          if (report === null) deps.print(`${account}: another process is pulling it`)
          else {
            const { listed, stored, changed, unchanged, dropped, unreadable, agentVersions } = report
            deps.print(
              `${account}: ${listed} conversations listed: ${stored} new, ${changed} changed, ${unchanged} unchanged, ${unreadable} unreadable${dropped > 0 ? `, ${dropped} dropped as removed before` : ''}; ${agentVersions} versions of agents new or changed`,
            )
          }
        }
      }),
    )
}

function readTime(text: string): Date {
  const at = parseTime(text)
  if (at === null) throw new InvalidArgumentError('a date such as 2026-01-31, or a time with its zone')
  return new Date(at)
}
