import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { formatTable } from '../table.ts'

export function addDoctor(program: Command, deps: Pick<CliDeps, 'doctor' | 'print'>): void {
  program
    .command('doctor')
    .description('look whether everything this service needs is there; exit 1 where something is not')
    .action(async () => {
      const checks = await deps.doctor()
      deps.print(formatTable(checks.map(({ name, isRight, detail }) => [isRight ? 'ok' : 'WRONG', name, detail])))
      if (checks.some(({ isRight }) => !isRight)) throw new Failed()
    })
}
