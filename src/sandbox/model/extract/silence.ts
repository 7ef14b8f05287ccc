import { cite, type Evidence } from './evidence.ts'
import { questionAbout } from './relevance.ts'
import type { Transcript } from './transcript.ts'
import type { WireItem } from './wire-item.ts'
import { contentStems, hits } from './words.ts'

export type Silence = { status: 'not_mentioned' | 'ambiguous' | 'declined'; evidence: Evidence[] }

const DECLINES =
  /\b(?:rather not (?:say|give|share|tell)|prefer not to|don['’]t want to (?:say|give|share|tell)|not comfortable|none of your business|i won['’]t (?:say|give|share|tell))\b/i
const UNSURE = /\b(?:don['’]t (?:know|remember|recall)|not sure|no idea|can['’]t remember|i forgot|hard to say)\b/i

/** Why there is no value: the user was asked and would not or could not say, or nobody spoke of it. */
export function silenceAbout(item: WireItem, transcript: Transcript): Silence {
  for (const turn of transcript.userTurns.toReversed()) {
    if (questionAbout(turn, item) < 2) continue
    if (DECLINES.test(turn.text)) return { status: 'declined', evidence: [cite(turn)] }
    if (UNSURE.test(turn.text)) return { status: 'ambiguous', evidence: [cite(turn)] }
  }
  return { status: 'not_mentioned', evidence: [] }
}

/** Whether any turn speaks of what an item's condition names. */
export function conditionHolds(condition: string, transcript: Transcript): boolean {
  const wanted = contentStems(condition)
  return wanted.size === 0 || transcript.turns.some((turn) => hits(wanted, turn.stems) > 0)
}
