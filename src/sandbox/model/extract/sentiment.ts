import { type Cue, cuesIn } from './cues.ts'
import { cite, type Finding } from './evidence.ts'
import type { Transcript } from './transcript.ts'
import type { WireItem } from './wire-item.ts'

const CUES: readonly Cue[] = [
  [2, /\b(?:love|amazing|awesome|excellent|fantastic|wonderful|delighted|excited|so happy|so helpful|adore)\b/i],
  [
    1,
    /(?<!\bnot )\b(?:great|perfect|good|nice|happy|glad|thanks so much|thank you so much|appreciate|helpful|pleased)\b/i,
  ],
  [
    -1,
    /\b(?:not good|disappoint\w+|unhappy|upset|annoy\w+|confus\w+|worried|too expensive|oh no|ugh|urgh|hurry up|hmph)\b/i,
  ],
  [
    -2,
    /\b(?:hate|angry|furious|ridiculous|terrible|awful|horrible|useless|worst|unacceptable|frustrat\w+|rude|stupid|damn|bloody|hell|waste of|wtf|crap|sick of)\b/i,
  ],
]
const NAMES = {
  positive: /^(?:very )?(?:positive|happy|satisfied)$/i,
  negative: /^(?:very )?(?:negative|unhappy|dissatisfied|frustrated|angry)$/i,
  neutral: /^(?:neutral|mixed)$/i,
}

/** Whether the choices of an item are moods, not things. */
export function asksForSentiment(item: WireItem): boolean {
  return (
    item.choices.some((choice) => NAMES.positive.test(choice)) &&
    item.choices.some((choice) => NAMES.negative.test(choice))
  )
}

/** The mood of the user's words, taken together. */
export function findSentiment(item: WireItem, transcript: Transcript): Finding | undefined {
  const cues = transcript.userTurns.flatMap((turn) => cuesIn(turn, CUES))
  const sum = cues.reduce((total, cue) => total + cue.weight, 0)
  const mood = sum > 0 ? 'positive' : sum < 0 ? 'negative' : 'neutral'
  const value = item.choices.find((choice) => NAMES[mood].test(choice))
  const shown = cues.findLast((cue) => cue.weight > 0 === sum > 0) ?? { turn: transcript.userTurns.at(-1), at: 0 }
  if (value === undefined || shown.turn === undefined) return undefined
  return { value, evidence: [cite(shown.turn, shown.at)] }
}
