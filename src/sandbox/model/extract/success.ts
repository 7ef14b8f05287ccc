import { type Cue, cuesIn } from './cues.ts'
import { cite, type Finding } from './evidence.ts'
import type { Transcript } from './transcript.ts'
import type { WireItem } from './wire-item.ts'

const AGENT_CUES: readonly Cue[] = [
  [
    2,
    /(?<!\bnot (?:been )?)\b(?:booked|confirmed|scheduled|reserved|submitted|completed|processed|resolved|refunded|all set|taken care of|successfully|happy to accommodate|sent you)\b/i,
  ],
  [
    -2,
    /\b(?:unfortunately|unsuccessful|failed|unable|not able|cannot|can['’]t|not available|no longer available|don['’]t quite understand)\b/i,
  ],
]
const USER_CUES: readonly Cue[] = [
  [
    1,
    /\b(?:thanks|thank you|thx|great|perfect|awesome|wonderful|excellent|appreciate|that works|works for me|sounds good|that['’]s all|that is all)\b/i,
  ],
  [
    -3,
    /\b(?:frustrat\w+|ridiculous|forget it|never ?mind|hang(?:ing)? up|useless|waste of|speak to a (?:human|person|manager)|no help|not helpful|not working|give up|not interested|stop calling)\b/i,
  ],
]

export function asksForSuccess(item: WireItem): boolean {
  return /(?:^|_)success(?:ful)?$/i.test(item.name)
}

/** Whether the conversation reached its aim, by its cues of outcome; later ones weigh more. */
export function findSuccess(transcript: Transcript): Finding | undefined {
  if (transcript.userTurns.length === 0) return undefined
  const cues = transcript.turns.flatMap((turn, position) => {
    const recency = 0.3 + position / transcript.turns.length
    const known = turn.speaker === 'user' ? USER_CUES : turn.speaker === 'agent' ? AGENT_CUES : []
    return cuesIn(turn, known).map((cue) => ({ ...cue, weight: cue.weight * recency }))
  })
  const sum = cues.reduce((total, cue) => total + cue.weight, 0)
  const deciding = cues
    .filter((cue) => cue.weight > 0 === sum > 0)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
  const [strongest] = deciding
  return strongest && sum !== 0 ? { value: sum > 0, evidence: [cite(strongest.turn, strongest.at)] } : undefined
}
