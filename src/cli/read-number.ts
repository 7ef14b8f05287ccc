import { InvalidArgumentError } from 'commander'

/** The number of a backfill or run, as an argument. */
export function readNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('a number, as plans and reports tell it')
  return Number(text)
}
