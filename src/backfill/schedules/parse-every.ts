import type { Every } from './types.ts'

const dayNames = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const days = '[a-z]+(?: ?[-,] ?[a-z]+)*'
const form = new RegExp(
  String.raw`^(?:hour(?: at :(?<minute>\d\d))?|(?:(?<days>${days})|month on (?<day>\d{1,2})) at (?<clock>\d{1,2}:\d\d))$`,
  'i',
)

export const everyForms = 'hour, hour at :15, day at 02:30, mon-fri at 02:30, mon, thu at 02:30 or month on 1 at 02:30'

/** `day at 02:30` and the like; null for anything else. Pure. */
export function parseEvery(text: string): Every | null {
  const groups = form.exec(text.trim().replaceAll(/\s+/g, ' '))?.groups
  if (!groups) return null
  const { minute: ofHour = '00', days: words, day, clock } = groups
  if (clock === undefined) return Number(ofHour) < 60 ? { unit: 'hour', minute: Number(ofHour) } : null
  const minute = minuteOf(clock)
  if (minute === null) return null
  if (words !== undefined) {
    const named = daysOf(words.toLowerCase())
    return named && { unit: 'day', days: named, minute }
  }
  // Every month has these.
  const ofMonth = Number(day)
  return ofMonth >= 1 && ofMonth <= 28 ? { unit: 'month', day: ofMonth, minute } : null
}

function minuteOf(clock: string): number | null {
  const [hours = 24, minutes = 60] = clock.split(':').map(Number)
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : null
}

function daysOf(words: string): number[] | null {
  if (words === 'day') return [1, 2, 3, 4, 5, 6, 7]
  const found = words.split(',').map((part) => range(part.trim()))
  return found.includes(null) ? null : [...new Set(found.flatMap((each) => each ?? []))].sort()
}

/** `mon`, `monday`, or from one day to another, over the end of a week too. */
function range(part: string): number[] | null {
  const [from = 0, to = from, ...rest] = part.split('-').map((word) => dayNumber(word.trim()))
  if (from === 0 || to === 0 || rest.length > 0) return null
  return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, place) => ((from - 1 + place) % 7) + 1)
}

/** 0: no day. */
function dayNumber(word: string): number {
  return dayNames.findIndex((name) => name === word || name.slice(0, 3) === word) + 1
}
