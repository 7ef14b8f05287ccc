import { type Command, InvalidArgumentError } from 'commander'
import type { Actor } from '../audit/index.ts'
import type { Backfill } from '../backfill/index.ts'
import { AppError } from '../errors.ts'
import { addCanaryOptions, type CanaryOptions, canaryFromOptions } from './canary-options.ts'
import type { Opened } from './deps.ts'
import { addFilterOptions, type FilterOptions, readFilterOptions } from './filter-options.ts'
import { addGuardOptions, type GuardOptions, guardsFromOptions } from './guard-options.ts'
import { addLaneOptions, type LaneOptions, laneFromOptions } from './lane-options.ts'

export type PlanOptions = FilterOptions &
  GuardOptions &
  CanaryOptions &
  LaneOptions & {
    reason?: string
    concurrency?: number
    mappingOnly?: true
    mapping?: string
    fields?: string[]
  }

export function addPlanOptions(command: Command): Command {
  return addLaneOptions(addCanaryOptions(addGuardOptions(addFilterOptions(command))))
    .option('--reason <text>', 'why, for the audit')
    .option('--concurrency <number>', 'model calls at once, 32 unless told', readConcurrency)
    .option('--mapping-only', 'ask no model: what is stored goes through the rules; its plan is exact')
    .option('--mapping <name>', 'with --mapping-only: the rules of this mapping file alone')
    .option('--fields <names>', 'with --mapping-only: these CRM fields alone, such as budget,plan_wanted', readNames)
}

/** Plans what the options say. Throws `cli.reason` without a reason. */
export async function planFromOptions(opened: Opened, actor: Actor, options: PlanOptions): Promise<Backfill> {
  const { reason, concurrency } = options
  if (reason === undefined) throw new AppError('cli.reason', 'stop', 'say why with --reason: it stands in the audit')
  const filter = readFilterOptions(options)
  const only = readMappingOnly(options)
  const canary = canaryFromOptions(options)
  const guards = guardsFromOptions(options) ?? {}
  const lane = laneFromOptions(options, new Date())
  const input = {
    filter,
    actor,
    reason,
    guards,
    ...(canary && { canary }),
    ...(lane && { lane }),
    ...(concurrency !== undefined && { concurrency }),
  }
  return interruptible((signal) => opened.planBackfill({ ...input, ...(only && { mappingOnly: only }) }, signal))
}

function readMappingOnly({ mappingOnly, mapping, fields }: PlanOptions) {
  const only = { ...(mapping !== undefined && { mapping }), ...(fields !== undefined && { fields }) }
  if (mappingOnly) return only
  const [stray] = Object.keys(only)
  if (stray === undefined) return undefined
  throw new AppError('cli.mapping_only', 'stop', `--${stray} goes with --mapping-only`)
}

/** What reads CRMs or vendors may take minutes: Ctrl-C ends it, and says what has become of it; a plan is forgotten. */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  outcome = 'there is no plan',
): Promise<T> {
  const ending = new AbortController()
  const end = () => ending.abort(new AppError('cli.interrupted', 'stop', `interrupted: ${outcome}`))
  process.once('SIGINT', end)
  try {
    return await work(ending.signal)
  } finally {
    process.off('SIGINT', end)
  }
}

/** Names with commas between them, as an argument. */
export function readNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.every((name) => name !== '')) return names
  throw new InvalidArgumentError('names with commas between them')
}

/** Model calls at once, as an argument. */
export function readConcurrency(text: string): number {
  const concurrency = Number(text)
  if (Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 256) return concurrency
  throw new InvalidArgumentError('a whole number from 1 to 256')
}
