import { cite, type Finding } from './evidence.ts'
import { reported } from './intent.ts'
import { capitalised, withoutGreeting } from './sentences.ts'
import { contentOf, type Line, lineAbout, openingOf, outcomeOf } from './story.ts'
import { readStyle, type Style, styled } from './style.ts'
import type { Transcript } from './transcript.ts'
import type { WireItem } from './wire-item.ts'

const WHO = /\b(patient|guest|caller|customer|lead|prospect|candidate|tenant|traveller|client|user)\b/i
/** Up to so many words a prompt wants a headline, not a sentence. */
const HEADLINE_WORDS = 8

export function asksForSummary(item: WireItem): boolean {
  return /(?:^|_)summary$/i.test(item.name) || /\b(?:summary|summari[sz]e|recap)\b/i.test(item.prompt)
}

/** What the user came for and how it ended, in the speakers' words and the form the prompt asks for. */
export function summarise(item: WireItem, transcript: Transcript): Finding | undefined {
  const style = readStyle(item.prompt)
  const opening = openingOf(transcript)
  if (opening === undefined) return undefined
  const isHeadline = style.maxWords <= HEADLINE_WORDS
  const told = isHeadline ? [{ line: opening, text: headline(opening, style) }] : tell(item, style, opening, transcript)
  const text = told.map((part) => part.text).join(style.maxSentences === 1 ? '; ' : ' ')
  return {
    value: styled(isHeadline ? text : ended(text), style),
    evidence: told.map(({ line }) => cite(line.turn, line.at)),
  }
}

/** Opening, what the prompt wants mentioned, and outcome; the last ones give way where words are few. */
function tell(item: WireItem, style: Style, opening: Line, transcript: Transcript): { line: Line; text: string }[] {
  const who = WHO.exec(item.prompt)?.[1]?.toLowerCase() ?? 'caller'
  const told = [{ line: opening, text: reported(opening.text, who) }]
  const add = (label: string, line: Line | undefined) => {
    const isNew = line && told.every((part) => part.line.turn !== line.turn || part.line.at !== line.at)
    if (isNew) told.push({ line, text: `${label}: ${ended(line.text)}` })
  }
  add('Mentioned', style.mention === '' ? undefined : lineAbout(style.mention, transcript))
  add('Outcome', outcomeOf(transcript))
  while (told.length > 1 && wordCount(told.map(({ text }) => text).join(' ')) > style.maxWords) told.pop()
  return style.maxSentences === 1 ? told.map(({ line, text }) => ({ line, text: text.replace(/\.$/, '') })) : told
}

function headline(line: Line, style: Style): string {
  const words = contentOf(line).map((word) => word.text)
  return words.length === 0 ? withoutGreeting(line.text) : capitalised(words.slice(0, style.maxWords).join(' '))
}

function wordCount(text: string): number {
  return text.split(/\s+/).length
}

function ended(text: string): string {
  return /[.!?”]$/.test(text) ? text : `${text}.`
}
