import { cite, type Finding } from './evidence.ts'
import { intentOf } from './intent.ts'
import { aboutness, questionAbout } from './relevance.ts'
import { capitalised, sentencesOf, withoutGreeting } from './sentences.ts'
import type { Line } from './story.ts'
import { readStyle, styled } from './style.ts'
import type { Transcript } from './transcript.ts'
import type { WireItem } from './wire-item.ts'
import { isContent, wordsOf } from './words.ts'

type Clause = Line & { score: number }

const ENOUGH = 2
const MAX_CHARS = 160
const MAX_LISTED = 5

/** The clause of the user that shares most words with the item, or answers a question that does. */
export function findClause(item: WireItem, transcript: Transcript): Finding | undefined {
  const best = clausesAbout(item, transcript).reduce<Clause | undefined>(
    (chosen, clause) => (chosen === undefined || clause.score >= chosen.score ? clause : chosen),
    undefined,
  )
  return best && findingOf(best, item)
}

/** All clauses about an item, for a list of free texts. */
export function findClauses(item: WireItem, transcript: Transcript): Finding | undefined {
  const clauses = clausesAbout(item, transcript).slice(-MAX_LISTED)
  if (clauses.length === 0) return undefined
  return {
    value: clauses.map((clause) => worded(clause.text, item)),
    evidence: clauses.map((clause) => cite(clause.turn, clause.at)),
  }
}

/** A line as the value of an item, in the form its prompt asks for. */
export function findingOf(line: Line, item: WireItem): Finding {
  return { value: worded(line.text, item), evidence: [cite(line.turn, line.at)] }
}

function clausesAbout(item: WireItem, transcript: Transcript): Clause[] {
  return transcript.userTurns.flatMap((turn) => {
    const asked = questionAbout(turn, item)
    return sentencesOf(turn.text).flatMap(({ text, at }, position) => {
      const content = wordsOf(text).filter(isContent)
      if (content.length === 0) return []
      const own = aboutness(new Set(content.map((word) => word.stem)), item)
      const score = own + (position === 0 ? asked : asked / 2)
      return score >= ENOUGH ? [{ text, turn, at, score }] : []
    })
  })
}

/** The clause as a field value: no greeting, no full stop, and of the length the prompt asks for. */
function worded(text: string, item: WireItem): string {
  const style = readStyle(item.prompt)
  const bare = withoutGreeting(text)
  const told = Number.isFinite(style.maxWords) ? (intentOf(bare)?.rest ?? bare) : bare
  return styled(capitalised(told.replace(/[.!\s]+$/, '').slice(0, MAX_CHARS)), style)
}
