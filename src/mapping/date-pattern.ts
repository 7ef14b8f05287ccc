import { type DateStyle, dateStyles } from './types.ts'

/** One piece of a date pattern: a letter with how often it stands, or text as it is. */
type Piece = { letter: string; count: number } | { text: string }

/** What a pattern can show, by letter, with how often each may stand. */
const letters: Readonly<Record<string, readonly number[]>> = {
  y: [2, 4],
  M: [1, 2, 3, 4],
  d: [1, 2],
  E: [3, 4],
  H: [1, 2],
  h: [1, 2],
  m: [2],
  s: [2],
  a: [1],
}

/** Whether a date is written in a style of its locale, not by a pattern. Pure. */
export function isDateStyle(date: string): date is DateStyle {
  return dateStyles.some((style) => style === date)
}

/** The pieces of a pattern such as `d MMM yyyy, HH:mm`; text of letters stands in single quotes. */
export function datePieces(pattern: string): Piece[] {
  const matches = pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g)
  return [...matches].map(([whole, quoted, letter]): Piece => {
    if (letter !== undefined) return { letter, count: whole.length }
    return { text: quoted === undefined ? whole : quoted === '' ? "'" : quoted.replaceAll("''", "'") }
  })
}

/** What is wrong with a pattern, or null where it can be written. */
export function patternMistake(pattern: string): string | null {
  const pieces = datePieces(pattern)
  // Every quote opens, closes or is doubled.
  if ((pattern.split("'").length - 1) % 2 === 1) return 'a single quote that is never closed'
  const unknown = pieces.find((piece) => 'letter' in piece && !letters[piece.letter]?.includes(piece.count))
  const known = 'expected short, medium, long, full or a pattern of yyyy MM dd HH mm ss, M d H, MMM MMMM EEE EEEE, h a'
  if (unknown !== undefined && 'letter' in unknown)
    return `"${unknown.letter.repeat(unknown.count)}" is no part of a date; ${known}`
  return pieces.some((piece) => 'letter' in piece) ? null : known
}

/** Whether a pattern shows a time of the day. */
export function showsTime(pattern: string): boolean {
  return datePieces(pattern).some((piece) => 'letter' in piece && 'Hhmsa'.includes(piece.letter))
}
