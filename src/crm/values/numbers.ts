const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/

export function isNumber(text: string): boolean {
  return NUMBER.test(text)
}

/** A number without an exponent, which no CRM would take. */
export function decimal(number: number): string {
  const short = String(number === 0 ? 0 : number)
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(short)
  if (!parts) return short
  const [, sign = '', first = '', rest = '', exponent] = parts
  const power = Number(exponent)
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${first}${rest}`
  // JavaScript writes an exponent from 1e21 on, and never more than 17 digits before it.
  return `${sign}${first}${rest.padEnd(power, '0')}`
}

/**
 * Digit by digit, so that long numbers keep them all: `012.50` is `12.5`. With a `scale` it is rounded to so many decimal
 * places, halves away from zero, as CRMs do. Exponents go through a number.
 */
export function canonicalNumber(text: string, scale: number | null): string {
  const plain = /^([+-]?)0*(\d*)(?:\.(\d*))?$/.exec(text)
  if (!plain || !/\d/.test(text)) {
    return Number.isFinite(Number(text)) && text !== '' ? canonicalNumber(decimal(Number(text)), scale) : text
  }
  const [, sign, digits = '', decimals = ''] = plain
  const [whole, fraction] = rounded(digits || '0', decimals, scale)
  const kept = fraction.replace(/0+$/, '')
  const magnitude = whole + (kept ? `.${kept}` : '')
  return sign === '-' && magnitude !== '0' ? `-${magnitude}` : magnitude
}

function rounded(whole: string, fraction: string, scale: number | null): [whole: string, fraction: string] {
  if (scale === null || fraction.length <= scale) return [whole, fraction]
  const up = (fraction[scale] ?? '0') >= '5' ? 1n : 0n
  const digits = String(BigInt(whole + fraction.slice(0, scale)) + up).padStart(scale + 1, '0')
  return [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)]
}
