import { InvalidArgumentError } from 'commander'

/** The number of a backfill or run, as an argument. */
export function readNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('a number, as plans and reports tell it')
  return Number(text)
}

/** The number of an agent's version: they count from 0. */
export function readVersion(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('the number of a version')
}

/** An amount in USD, or that there is none. Not null: commander makes an empty text of it. */
export function readUsd(text: string): number | 'none' {
  if (text === 'none') return text
  if (!/^\d{1,6}(\.\d{1,8})?$/.test(text)) throw new InvalidArgumentError('an amount in USD such as 12.50, or none')
  return Number(text)
}
