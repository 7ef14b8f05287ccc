import { type Command, InvalidArgumentError } from 'commander'
import type { Actor } from '../audit/index.ts'
import type { Backfill } from '../backfill/index.ts'
import { AppError } from '../errors.ts'
import type { Opened } from './deps.ts'
import { addFilterOptions, type FilterOptions, readFilterOptions } from './filter-options.ts'

export type PlanOptions = FilterOptions & { reason?: string; concurrency?: number }

export function addPlanOptions(command: Command): Command {
  return addFilterOptions(command)
    .option('--reason <text>', 'why, for the audit')
    .option('--concurrency <number>', 'model calls at once, 32 unless told', readConcurrency)
}

/** Plans what the options say. Throws `cli.reason` without a reason. */
export async function planFromOptions(opened: Opened, actor: Actor, options: PlanOptions): Promise<Backfill> {
  const { reason, concurrency } = options
  if (reason === undefined) throw new AppError('cli.reason', 'stop', 'say why with --reason: it stands in the audit')
  const filter = readFilterOptions(options)
  return opened.planBackfill({ filter, actor, reason, ...(concurrency !== undefined && { concurrency }) })
}

function readConcurrency(text: string): number {
  const concurrency = Number(text)
  if (Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 256) return concurrency
  throw new InvalidArgumentError('a whole number from 1 to 256')
}
