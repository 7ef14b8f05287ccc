import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { table } from '../show/table.ts'

/** Advice is read to its end, not cut to a column. */
const widest = 200

export function addDoctor(program: Command, deps: Pick<CliDeps, 'doctor' | 'print'>): void {
  program
    .command('doctor')
    .description(
      'look whether everything this service needs is there; asks each model twice, for less than a cent; exit 1 where something is not',
    )
    .action(async () => {
      const checks = await deps.doctor()
      const rows = checks.map(({ name, isRight, detail }) => [isRight ? 'ok' : 'WRONG', name, detail])
      deps.print(table(['', 'what', 'found'], rows, widest))
      if (checks.some(({ isRight }) => !isRight)) throw new Failed()
    })
}
