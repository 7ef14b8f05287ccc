import type { Turn } from './transcript.ts'

/** A weight, negative for the bad side, and the words that carry it. */
export type Cue = readonly [weight: number, words: RegExp]

/** The cues that stand in a turn, each at its first place. */
export function cuesIn(turn: Turn, cues: readonly Cue[]): { weight: number; turn: Turn; at: number }[] {
  return cues.flatMap(([weight, words]) => {
    const match = words.exec(turn.text)
    return match === null ? [] : [{ weight, turn, at: match.index }]
  })
}
