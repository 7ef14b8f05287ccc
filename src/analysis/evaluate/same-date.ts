type Day = { year: number; month: number; day: number }

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const inFigures = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/
const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](.+))?$/
const dayFirst = /^(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]{3,9})\.?,? (\d{4})$/
const monthFirst = /^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/

/**
 * Whether two texts are the same day, however they are written; null where not both are days. Of `03/04/2026` against `2026-04-03`
 * nobody knows which figure is the month, so either reading counts. Two times of day are compared too, as instants. Pure.
 */
export function sameDate(one: string, other: string): boolean | null {
  const [left, right] = [readDate(one), readDate(other)]
  if (left.length === 0 || right.length === 0) return null
  const [figures, otherFigures] = [inFigures.exec(one.trim()), inFigures.exec(other.trim())]
  if (figures && otherFigures) return [1, 2, 3].every((place) => Number(figures[place]) === Number(otherFigures[place]))
  const times = [timeOf(one), timeOf(other)]
  if (times.every((time) => time !== null)) return times[0] === times[1]
  return left.some((day) =>
    right.some((twin) => day.year === twin.year && day.month === twin.month && day.day === twin.day),
  )
}

/** The days that a text can mean: none, one, or two where day and month may be either way round. */
function readDate(text: string): Day[] {
  const plain = text.trim().toLowerCase()
  const figures = inFigures.exec(plain)
  if (figures) {
    const [, first, second, year] = figures.map(Number)
    return [dayOf(year, second, first), dayOf(year, first, second)].flatMap((day) => day ?? [])
  }
  const written = iso.exec(text.trim())
  if (written) return [dayOf(Number(written[1]), Number(written[2]), Number(written[3]))].flatMap((day) => day ?? [])
  const words = dayFirst.exec(plain)
  if (words) return [dayOf(Number(words[3]), monthOf(words[2]), Number(words[1]))].flatMap((day) => day ?? [])
  const turned = monthFirst.exec(plain)
  return turned ? [dayOf(Number(turned[3]), monthOf(turned[1]), Number(turned[2]))].flatMap((day) => day ?? []) : []
}

function dayOf(year = 0, month = 0, day = 0): Day | undefined {
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? { year, month, day } : undefined
}

function monthOf(word = ''): number {
  return months.indexOf(word.slice(0, 3)) + 1
}

/** The instant of a date with a time of day, in UTC unless it names a zone; null where there is none. */
function timeOf(text: string): number | null {
  const plain = text.trim()
  if (iso.exec(plain)?.[4] === undefined) return null
  const time = Date.parse(/(?:z|[+-]\d{2}:?\d{2})$/i.test(plain) ? plain : `${plain}Z`)
  return Number.isNaN(time) ? null : time
}
