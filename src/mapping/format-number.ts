import { numberFormatter } from './formatters.ts'
import { ordinarySpaces } from './ordinary-spaces.ts'
import type { NumberFormat, Value } from './types.ts'

/** As many as a number of JavaScript has for sure. */
const digits = 15

/** A number, or text that is one, scaled and rounded (half away from zero), as text where asked; null for anything else. */
export function formatNumber(value: Value, { scale, decimals, written }: NumberFormat): number | string | null {
  const number = toNumber(value)
  if (number === null) return null
  const rounded = round(scale === 1 ? number : Number((number * scale).toPrecision(digits)), decimals)
  if (written === null) return rounded
  const text = numberFormatter(written.locale, {
    minimumFractionDigits: decimals ?? 0,
    maximumFractionDigits: decimals ?? digits,
    useGrouping: written.grouping,
  }).format(rounded)
  return `${written.prefix}${ordinarySpaces(text)}${written.suffix}`
}

function toNumber(value: Value): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : null
}

function round(number: number, decimals: number | null): number {
  if (decimals === null) return number
  const plain = numberFormatter('en-US', { maximumFractionDigits: decimals, useGrouping: false })
  // Not -0, which CRMs have no word for.
  return Number(plain.format(number)) + 0
}
