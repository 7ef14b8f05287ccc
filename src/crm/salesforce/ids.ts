/** A record's id: 15 characters, case-sensitive, or the same with three that spell out the case. */
const ID = /^[a-zA-Z0-9]{15}(?:[A-Z0-5]{3})?$/
const CASES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'

/** Whether the text can be an id at all: one that cannot would have a whole request refused. */
export function isId(text: string): boolean {
  return ID.test(text) && (text.length === 15 || toLongId(text.slice(0, 15)) === text)
}

/** The 18-character spelling, which every answer uses; what is no id stays as it is. @see "ID Field Type", SOAP API guide */
export function toLongId(id: string): string {
  if (id.length !== 15 || !ID.test(id)) return id
  const suffix = [0, 5, 10].map((start) => {
    const bits = [...id.slice(start, start + 5)].map((letter, place) => (/[A-Z]/.test(letter) ? 2 ** place : 0))
    return CASES[bits.reduce((sum, bit) => sum + bit, 0)] ?? ''
  })
  return id + suffix.join('')
}

/**
 * The 18 characters of an id of 15 or 18, or null where it is none. The last three of 18 tell which of the others are capitals, so
 * an id that somebody's spreadsheet has put into one case is whole again.
 */
export function wholeId(text: string): string | null {
  if (/^[A-Za-z\d]{15}$/.test(text)) return toLongId(text)
  if (!/^[A-Za-z\d]{15}[A-Za-z0-5]{3}$/.test(text)) return null
  const suffix = text.slice(15).toUpperCase()
  const cased = [...text.slice(0, 15)].map((letter, place) => {
    const bits = CASES.indexOf(suffix.charAt(Math.floor(place / 5)))
    return (bits >> (place % 5)) & 1 ? letter.toUpperCase() : letter.toLowerCase()
  })
  const whole = toLongId(cased.join(''))
  return whole.endsWith(suffix) ? whole : null
}
