const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ID = /^[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?$/

/** The 18-character form of a 15-character id: three characters tell which of the letters are capitals. */
function withSuffix(id: string): string {
  let suffix = ''
  for (let start = 0; start < 15; start += 5) {
    let bits = 0
    for (let place = 0; place < 5; place += 1) if (/[A-Z]/.test(id[start + place] ?? '')) bits |= 1 << place
    suffix += SUFFIX[bits] ?? ''
  }
  return id + suffix
}

/** The 18-character form of an id in either form; undefined where it is none. */
export function fullId(given: string): string | undefined {
  if (!ID.test(given)) return undefined
  const full = withSuffix(given.slice(0, 15))
  return given.length === 15 || given === full ? full : undefined
}

/** Ids ascend with their serial numbers, compared as plain text. */
export function idOf(keyPrefix: string, serial: number): string {
  let digits = ''
  for (let rest = serial; rest > 0; rest = Math.floor(rest / 62)) digits = (DIGITS[rest % 62] ?? '') + digits
  return withSuffix(`${keyPrefix}Sb0${digits.padStart(9, '0')}`)
}
