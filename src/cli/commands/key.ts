import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { table } from '../show/table.ts'
import { withOpened } from '../with-opened.ts'

export function addKey(program: Command, deps: CliDeps): void {
  const key = program.command('key').description('API keys')
  key
    .command('create')
    .description('make an API key; it is shown this once')
    .argument('<name>', 'whose it is: the name stands in the audit and in the log')
    .action((name: string) =>
      withOpened(deps, async (opened, actor) => {
        const made = await opened.createKey({ name, actor })
        deps.warn(`The key of ${made.name}, which is stored nowhere:`)
        deps.print(made.key)
      }),
    )
  key
    .command('list')
    .description('every API key that is or was in force')
    .action(() =>
      withOpened(deps, async (opened) => {
        const keys = await opened.listKeys()
        const rows = keys.map(({ name, createdAt, lastUsedAt, revokedAt }) => [
          name,
          createdAt.toISOString(),
          lastUsedAt?.toISOString() ?? 'never',
          revokedAt === null ? 'in force' : `revoked ${revokedAt.toISOString()}`,
        ])
        deps.print(table(['name', 'created', 'last used', 'state'], rows))
      }),
    )
  key
    .command('revoke')
    .description('end an API key at once')
    .argument('<name>')
    .action((name: string) =>
      withOpened(deps, async (opened, actor) => {
        await opened.revokeKey({ name, actor })
        deps.print(`${name}: revoked`)
      }),
    )
}
