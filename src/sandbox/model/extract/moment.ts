import type { Finding } from './evidence.ts'
import { lastSupported } from './relevance.ts'
import type { Transcript } from './transcript.ts'
import type { WireItem } from './wire-item.ts'

const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}'
/** Days with their year only: what "tomorrow" is would take more than words. */
const DAY = String.raw`\d{4}-\d{2}-\d{2}|${MONTH} \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{1,2}(?:st|nd|rd|th)?(?: of)? ${MONTH},? \d{4}`
const TIME = String.raw`\d{1,2}:\d{2}(?: ?[ap]\.?m\b)?|\d{1,2} ?[ap]\.?m\b`
const ZONE = String.raw` ?(?:Z|UTC|[+-]\d{2}:\d{2})`
const PATTERNS = {
  date: new RegExp(String.raw`\b(?:${DAY})(?!\d)`, 'gi'),
  datetime: new RegExp(String.raw`\b(?:${DAY})(?:T|,? at |,? )(?:${TIME})(?:${ZONE})?`, 'gi'),
}

/** The day, or day and time, the user last gave for the item, in ISO 8601; a time without a zone counts as UTC. */
export function findMoment(kind: 'date' | 'datetime', item: WireItem, transcript: Transcript): Finding | undefined {
  return lastSupported(transcript, item, (turn) =>
    Array.from(turn.text.matchAll(PATTERNS[kind]), (match) => {
      const value = isoOf(match[0], kind)
      return value === undefined ? undefined : { value, turn, at: match.index, bonus: 1 }
    }).filter((candidate) => candidate !== undefined),
  )
}

function isoOf(text: string, kind: 'date' | 'datetime'): string | undefined {
  // Said as it is heard: a day that is none must not become the next that is one.
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text
  const plain = text
    .replaceAll(/(\d)(?:st|nd|rd|th)\b/gi, '$1')
    .replace(/ of /i, ' ')
    .replace(/,? at /i, ' ')
    .replace(/(\d) ?([ap])\.?m$/i, '$1 $2m')
    .replace(/(\s\d{1,2}) ([ap]m)$/i, '$1:00 $2')
    .replace(/^(\d{4}-\d{2}-\d{2})T/i, '$1 ')
  const at = Date.parse(/(?:Z|UTC|[+-]\d{2}:\d{2})$/.test(plain) ? plain : `${plain} UTC`)
  if (Number.isNaN(at)) return undefined
  const iso = new Date(at).toISOString()
  return kind === 'date' ? iso.slice(0, 10) : `${iso.slice(0, 19)}Z`
}
