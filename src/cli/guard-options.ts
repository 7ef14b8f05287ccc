import { type Command, InvalidArgumentError } from 'commander'
import type { PlanInput } from '../backfill/index.ts'
import { AppError } from '../errors.ts'
import { readNumber } from './read-number.ts'

export type GuardOptions = {
  first?: number
  share?: number
  seed?: number
  maxConversations?: number
  maxCostUsd?: number
  draftOf?: string[]
}

/** Adds the options that say what a plan keeps to besides its filter. */
export function addGuardOptions(command: Command): Command {
  return command
    .option('--first <contacts>', 'of what is selected only the first contacts, in the order of the plan', readNumber)
    .option('--share <share>', 'of what is selected a random share of the contacts, such as 10%', readShare)
    .option('--seed <number>', 'with --share: the same number selects the same contacts; drawn unless told', readSeed)
    .option('--max-conversations <number>', 'no plan where more are selected', readNumber)
    .option('--max-cost-usd <amount>', 'the most its model calls may cost in all; there it stands still', readUsd)
    .option('--draft-of <agent...>', 'use the draft of these agents although they have published something newer')
}

export function guardsFromOptions({
  first,
  share,
  seed,
  maxConversations,
  maxCostUsd,
  draftOf,
}: GuardOptions): PlanInput['guards'] {
  if (first !== undefined && share !== undefined)
    throw new AppError('cli.sample', 'stop', '--first and --share exclude each other')
  if (seed !== undefined && share === undefined) throw new AppError('cli.sample', 'stop', '--seed goes with --share')
  return {
    ...(first !== undefined && { sample: { first } }),
    ...(share !== undefined && { sample: { share, ...(seed !== undefined && { seed }) } }),
    ...(maxConversations !== undefined && { maxConversations }),
    ...(maxCostUsd !== undefined && { maxCostUsd }),
    ...(draftOf && { draftsOf: draftOf }),
  }
}

/** `10%` or `0.1`, as a share. */
export function readShare(text: string): number {
  const found = /^(\d{1,3}(?:\.\d{1,4})?)(%?)$/.exec(text)
  const share = found ? Number(found[1]) / (found[2] === '%' ? 100 : 1) : 0
  if (share > 0 && share <= 1) return share
  throw new InvalidArgumentError('a share such as 10% or 0.1')
}

/** An amount of dollars above 0, such as `25` or `0.50`. */
export function readUsd(text: string): number {
  const amount = /^\$?\d{1,6}(?:\.\d{1,8})?$/.test(text) ? Number(text.replace('$', '')) : 0
  if (amount > 0) return amount
  throw new InvalidArgumentError('an amount of dollars above 0, such as 25 or 0.50')
}

function readSeed(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('a whole number')
}
