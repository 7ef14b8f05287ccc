import { InvalidArgumentError } from 'commander'

/** The number of a backfill, as an argument. */
export function readBackfillId(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new InvalidArgumentError('the number of a backfill, as `backfill plan` says it')
  return Number(text)
}
