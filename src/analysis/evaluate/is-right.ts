import type { Value } from '../../mapping/index.ts'
import type { Expected } from './label.ts'
import { sameDate } from './same-date.ts'

type Scalar = string | number | boolean

/**
 * Whether a value that was found is what a label expects: without regard to case, spaces and punctuation, numbers by what they
 * are, dates however they are written. Of several accepted values any will do; a list is right when it has all of them and no
 * other. Pure.
 */
export function isRight(expected: Exclude<Expected, null>, found: Exclude<Value, null>): boolean {
  const accepted: Scalar[] = Array.isArray(expected) ? expected : [expected]
  if (!Array.isArray(found)) return accepted.some((each) => sameValue(each, found))
  return (
    accepted.every((each) => found.some((entry) => sameValue(each, entry))) &&
    found.every((entry) => accepted.some((each) => sameValue(each, entry)))
  )
}

function sameValue(expected: Scalar, found: Scalar): boolean {
  if (typeof expected === 'number' || typeof found === 'number') {
    const number = toNumber(expected)
    return number !== null && number === toNumber(found)
  }
  const [one, other] = [String(expected), String(found)]
  const [plain, otherPlain] = [normalised(one), normalised(other)]
  // Nothing but signs, such as an emoji, is compared as it stands.
  if (plain === '' || otherPlain === '') return one.normalize('NFKC').trim() === other.normalize('NFKC').trim()
  return plain === otherPlain || sameDate(one, other)
}

/** Also of text such as `$1,500.00` or `135 dollars`; null where it is no single number. */
function toNumber(value: Scalar): number | null {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return null
  const figures = /^[^\d.-]*(-?\d+(?:\.\d+)?)[^\d]*$/.exec(withoutGrouping(value))?.[1]
  return figures === undefined ? null : Number(figures)
}

/** Letters and figures in lower case, and points inside of numbers. */
function normalised(text: string): string {
  const plain = withoutGrouping(text.normalize('NFKC').toLowerCase())
  return plain.replaceAll(/(?!(?<=\d)\.(?=\d))[^\p{L}\p{M}\p{N}]/gu, '')
}

function withoutGrouping(text: string): string {
  return text.replaceAll(/(?<=\d),(?=\d{3}(?!\d))/g, '')
}
