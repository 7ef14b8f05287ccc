import type { Wire } from '../contract.ts'
import { canonicalNumber, isNumber } from './numbers.ts'

/**
 * Whether a value is another only written differently: equal but for case, space and punctuation, or a number rounded. In a
 * number the punctuation is the value: 5 is not -5. Pure.
 */
export function isReformat(from: Wire, to: Wire): boolean {
  const [one, other] = [from?.trim() ?? '', to?.trim() ?? '']
  if (isNumber(one) && isNumber(other)) return canonicalNumber(one, decimalsOf(other)) === canonicalNumber(other, null)
  return loosely(one) === loosely(other)
}

function decimalsOf(number: string): number {
  return canonicalNumber(number, null).split('.')[1]?.length ?? 0
}

function loosely(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\p{P}\p{Z}\s]+/gu, '')
}
