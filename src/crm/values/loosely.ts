import type { Wire } from '../contract.ts'

/**
 * A value but for case, space and punctuation: what is left where a flow only reformats. In a number the punctuation is the
 * value: 5 is not -5. Pure.
 */
export function loosely(wire: Wire): string {
  if (wire !== null && wire.trim() !== '' && Number.isFinite(Number(wire))) return String(Number(wire))
  return (wire ?? '')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\p{P}\p{Z}\s]+/gu, '')
}
