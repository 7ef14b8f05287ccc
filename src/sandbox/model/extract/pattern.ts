import type { Finding } from './evidence.ts'
import { lastSupported } from './relevance.ts'
import type { Transcript } from './transcript.ts'
import type { WireItem } from './wire-item.ts'

export type PatternSubject = 'email' | 'phone' | 'date' | 'time' | 'identifier'

const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}'
const WEEKDAY = '(?:mon|tues|wednes|thurs|fri|satur|sun)day'
const PATTERNS: Record<PatternSubject, RegExp> = {
  email: /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}.-]{1,255}\.\p{L}{2,24}/giu,
  phone: /(?<!\d)\+?\(?\d[\d ().-]{5,18}\d/g,
  date: new RegExp(
    [
      String.raw`\b\d{4}-\d{2}-\d{2}\b`,
      String.raw`\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b`,
      String.raw`\b${MONTH} \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?\b`,
      String.raw`\b\d{1,2}(?:st|nd|rd|th)?(?: of)? ${MONTH}(?:,? \d{4})?\b`,
      String.raw`\b(?:(?:next|this) )?${WEEKDAY}(?: (?:morning|afternoon|evening))?\b`,
      String.raw`\b(?:tomorrow|today|tonight|(?:next|this) (?:week|month|quarter|year)|end of (?:the )?(?:week|month|quarter|year))\b`,
      String.raw`\b(?:the )?\d{1,2}(?:st|nd|rd|th)\b`,
    ].join('|'),
    'gi',
  ),
  time: /\b\d{1,2}(?::\d{2})? ?(?:[ap]\.?m\b\.?|o['’]clock)|\b\d{1,2}:\d{2}\b|\b(?:noon|midnight|(?:in the )?(?:morning|afternoon|evening))\b/gi,
  identifier: /\b(?=[A-Z0-9-]*\d)[A-Z0-9]{1,12}(?:-[A-Z0-9]{1,12}){0,4}\b/gi,
}
/** What can be nothing else needs no words around it; any figure could be an identifier. */
const BONUS: Record<PatternSubject, number> = { email: 2, phone: 2, date: 1, time: 1, identifier: 0 }

/** The last text of a known form that stands where the item is spoken of. */
export function findPattern(subject: PatternSubject, item: WireItem, transcript: Transcript): Finding | undefined {
  const isBirth = item.nameStems.has('birth')
  return lastSupported(transcript, item, (turn) =>
    Array.from(turn.text.matchAll(PATTERNS[subject]), (match) => ({
      value: match[0],
      turn,
      at: match.index,
      bonus: isBirth ? 0 : BONUS[subject],
    })).filter(({ value }) => subject !== 'identifier' || value.length > 2),
  )
}
