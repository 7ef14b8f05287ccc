import { readDay, readInstant } from '../read-time.ts'

/** `03/04/2026`: nobody knows which figure is the month. */
const inFigures = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/

/**
 * Whether two texts are the same day, however they are written; false where not both are days. Of `03/04/2026` against `2026-04-03`
 * either reading counts. Two times of day are compared too, as instants. Pure.
 */
export function sameDate(one: string, other: string): boolean {
  const [figures, otherFigures] = [inFigures.exec(one.trim()), inFigures.exec(other.trim())]
  if (figures && otherFigures) return [1, 2, 3].every((place) => Number(figures[place]) === Number(otherFigures[place]))
  const [instant, otherInstant] = [readInstant(one), readInstant(other)]
  if (instant !== null && otherInstant !== null) return instant === otherInstant
  const days = daysOf(other)
  return daysOf(one).some((day) => days.includes(day))
}

/** The days that a text can mean: none, one, or two where day and month may be either way round. Of a time, the day as it is written. */
function daysOf(text: string): string[] {
  const plain = text.trim()
  const [, first, second, year] = inFigures.exec(plain) ?? []
  const readings =
    year === undefined
      ? [readDay(plain) ?? readDay(plain.slice(0, '2026-05-01'.length)) ?? readInstant(plain)?.slice(0, 10)]
      : [readDay(`${year}-${second}-${first}`), readDay(`${year}-${first}-${second}`)]
  return readings.filter((day) => typeof day === 'string')
}
