import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'

export function addDemo(program: Command, deps: Pick<CliDeps, 'demo'>): void {
  program
    .command('demo')
    .description('show it all on a database of its own, with stand-ins for the CRM and the model')
    .option('--once', 'end when all is shown, instead of serving on')
    .action(({ once = false }: { once?: boolean }) => deps.demo({ once }))
}
