import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'

export function addMigrate(program: Command, deps: Pick<CliDeps, 'migrate' | 'print'>): void {
  program
    .command('migrate')
    .description('bring the database to the newest migration')
    .action(async () => {
      const applied = await deps.migrate()
      deps.print(
        applied.length === 0
          ? 'Nothing to do: the database is up to date.'
          : applied.map((name) => `applied ${name}`).join('\n'),
      )
    })
}
