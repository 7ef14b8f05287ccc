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
