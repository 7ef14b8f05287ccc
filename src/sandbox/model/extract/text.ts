import { findClause, findingOf } from './clause.ts'
import type { Finding } from './evidence.ts'
import { findCompany, findPerson } from './names.ts'
import { findPattern, type PatternSubject } from './pattern.ts'
import { openingOf, outcomeOf } from './story.ts'
import type { Transcript } from './transcript.ts'
import type { WireItem } from './wire-item.ts'

type Subject = PatternSubject | 'person' | 'company' | 'clause'

const SUBJECTS: readonly (readonly [Subject, RegExp])[] = [
  ['email', /\be-?mail\b/i],
  ['phone', /\b(?:phone|telephone|mobile|callback number)\b/i],
  ['date', /\b(?:date|birthday|dob|day|deadline)\b/i],
  ['time', /\b(?:time|hour)\b/i],
  ['identifier', /\b(?:number|id|code|reference|ref|zip|postcode)\b/i],
  ['company', /\b(?:company|organi[sz]ation|employer|business)\b/i],
  ['person', /\b(?:name|holder|contact person)\b/i],
]
const OTHER_NAMES = /\b(?:product|pet|street|brand|hotel|city|plan|tool|competitor|venue)\b/i

// What these names ask for is told by the course of the conversation, not by a word in it.
const OPENING_NAMES = /\b(?:reason|purpose)\b/i
const OUTCOME_NAMES = /\b(?:outcome|resolution|next steps?|follow up)\b/i

/** Finds the text an item asks for: by its form where it has one, else the clause that is most about it. */
export function findText(item: WireItem, transcript: Transcript): Finding | undefined {
  const subject = subjectOf(item)
  if (subject === 'clause') return findClause(item, transcript) ?? findInStory(item, transcript)
  if (subject === 'person') return findPerson(item, transcript)
  if (subject === 'company') return findCompany(transcript)
  return findPattern(subject, item, transcript)
}

function findInStory(item: WireItem, transcript: Transcript): Finding | undefined {
  const name = spokenName(item)
  const line = OPENING_NAMES.test(name)
    ? openingOf(transcript)
    : OUTCOME_NAMES.test(name)
      ? outcomeOf(transcript)
      : undefined
  return line && findingOf(line, item)
}

function subjectOf(item: WireItem): Subject {
  if (item.examples.length > 0 && item.examples.every((example) => /^\d{4,}$/.test(example))) return 'identifier'
  const name = spokenName(item)
  const head = item.prompt.split(/\s+/).slice(0, 5).join(' ')
  for (const text of [name, head]) {
    const subject = SUBJECTS.find(([, words]) => words.test(text))?.[0]
    if (subject === 'person' && OTHER_NAMES.test(`${name} ${head}`)) return 'clause'
    if (subject !== undefined) return subject
  }
  return 'clause'
}

function spokenName(item: WireItem): string {
  return item.name.replaceAll(/[_-]/g, ' ')
}
