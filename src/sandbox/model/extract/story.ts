import { intentOf } from './intent.ts'
import { type Sentence, sentencesOf, withoutGreeting } from './sentences.ts'
import type { Transcript, Turn } from './transcript.ts'
import { contentStems, hits, isContent, type Word, wordsOf } from './words.ts'

/** A sentence with the turn it stands in. */
export type Line = Sentence & { turn: Turn }

const OUTCOME =
  /\b(?:booked|confirmed|confirmation|scheduled|reserved|submitted|completed|processed|resolved|refund\w*|successful\w*|unfortunately|unsuccessful|failed|unable|not available|not able|cancel\w*|follow up|send you|sent|call you back|accommodate|your .{1,40} (?:is|are|has been))\b/i
const INTRODUCTION = /\b(?:my name is|this is \p{Lu}|i['’]m \p{Lu}\p{L}+(?: here)?[.,!]?$)/u
const HYPOTHETICAL = /^(?:if|when|unless|should)\b/i
/** How far into a conversation the user may still be getting to the point. */
const OPENING_LINES = 5

/** The sentence in which the user says what they are after, else the first that says anything. */
export function openingOf(transcript: Transcript): Line | undefined {
  const lines = linesOf(transcript.userTurns)
  const meaningful = lines.filter((line) => contentOf(line).length >= 2)
  const pointed = meaningful.filter((line) => !INTRODUCTION.test(line.text) || intentOf(line.text) !== undefined)
  return pointed.slice(0, OPENING_LINES).find((line) => intentOf(line.text)) ?? pointed[0] ?? meaningful[0] ?? lines[0]
}

/** The last sentence that tells how it ended; the agent's word counts before the user's. */
export function outcomeOf(transcript: Transcript): Line | undefined {
  for (const turns of [transcript.agentTurns, transcript.userTurns]) {
    const outcome = linesOf(turns).findLast(
      ({ text }) => OUTCOME.test(text) && !text.endsWith('?') && !HYPOTHETICAL.test(withoutGreeting(text)),
    )
    if (outcome) return outcome
  }
  return undefined
}

/** The last sentence about a topic, or in answer to a question about it; the user's before the agent's. */
export function lineAbout(topic: string, transcript: Transcript): Line | undefined {
  const wanted = contentStems(topic)
  for (const turns of [transcript.userTurns, transcript.agentTurns]) {
    const about = linesOf(turns).findLast(({ text, at, turn }) => {
      const asked = at === 0 && turn.question !== undefined && hits(wanted, turn.question.stems) > 0
      return !text.endsWith('?') && (asked || hits(wanted, contentStems(text)) > 0)
    })
    if (about) return about
  }
  return undefined
}

/** The words of a line that carry what it is about, without greeting and lead-in. */
export function contentOf(line: Line): Word[] {
  return wordsOf(intentOf(line.text)?.rest ?? withoutGreeting(line.text)).filter(isContent)
}

function linesOf(turns: readonly Turn[]): Line[] {
  return turns.flatMap((turn) => sentencesOf(turn.text).map((sentence) => ({ ...sentence, turn })))
}
