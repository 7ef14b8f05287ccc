import type { Command } from 'commander'
import type { CliDeps, KeyLimits } from '../deps.ts'
import { readUsd } from '../read-number.ts'
import { table } from '../show/table.ts'
import { usd } from '../show/words.ts'
import { withOpened } from '../with-opened.ts'

type LimitOptions = { usdPerDay?: number | 'none'; usdPerMonth?: number | 'none' }

export function addKey(program: Command, deps: CliDeps): void {
  const key = program.command('key').description('API keys')
  key
    .command('create')
    .description('make an API key; it is shown this once')
    .argument('<name>', 'whose it is: the name stands in the audit and in the log')
    .option('--usd-per-day <usd>', 'most that may be spent on models with it in a day (UTC)', readUsd)
    .option('--usd-per-month <usd>', 'and in a month', readUsd)
    .action((name: string, options: LimitOptions) =>
      withOpened(deps, async (opened, actor) => {
        const made = await opened.createKey({ name, actor, ...limitsFrom(options) })
        deps.warn(`The key of ${made.name}, which is stored nowhere:`)
        deps.print(made.key)
      }),
    )
  key
    .command('limit')
    .description('set what may be spent on models with an API key; what is not named stays')
    .argument('<name>')
    .option('--usd-per-day <usd>', 'in a day (UTC); none takes the limit away', readUsd)
    .option('--usd-per-month <usd>', 'in a month; none takes the limit away', readUsd)
    .action((name: string, options: LimitOptions) =>
      withOpened(deps, async (opened, actor) => {
        const { usdPerDay, usdPerMonth } = await opened.limitKey({ name, actor, limits: limitsFrom(options) })
        deps.print(`${name}: ${limitText(usdPerDay)} a day, ${limitText(usdPerMonth)} a month`)
      }),
    )
  key
    .command('list')
    .description('every API key that is or was in force')
    .action(() =>
      withOpened(deps, async (opened) => {
        const keys = await opened.listKeys()
        const rows = keys.map(({ name, createdAt, lastUsedAt, revokedAt, usdPerDay, usdPerMonth }) => [
          name,
          createdAt.toISOString(),
          lastUsedAt?.toISOString() ?? 'never',
          revokedAt === null ? 'in force' : `revoked ${revokedAt.toISOString()}`,
          limitText(usdPerDay),
          limitText(usdPerMonth),
        ])
        deps.print(table(['name', 'created', 'last used', 'state', 'a day', 'a month'], rows))
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

function limitsFrom({ usdPerDay, usdPerMonth }: LimitOptions): Partial<KeyLimits> {
  const read = (amount: number | 'none') => (amount === 'none' ? null : amount)
  return {
    ...(usdPerDay !== undefined && { usdPerDay: read(usdPerDay) }),
    ...(usdPerMonth !== undefined && { usdPerMonth: read(usdPerMonth) }),
  }
}

function limitText(limitUsd: number | null): string {
  return limitUsd === null ? 'no limit' : usd(limitUsd)
}
