import { cite, type Finding } from './evidence.ts'
import type { Transcript, Turn } from './transcript.ts'
import type { WireItem } from './wire-item.ts'
import { hits } from './words.ts'

/** A value that stands in a turn, and how much its own form speaks for it. */
export type Candidate = { value: string | number; turn: Turn; at: number; bonus: number }

const WINDOW_WORDS = 6

/** How strongly the words around a candidate, and the question it answers, are about the item. */
function support(candidate: Candidate, item: WireItem): number {
  const { turn, at } = candidate
  const position = turn.words.findIndex((word) => word.at >= at)
  const around = turn.words.slice(Math.max(0, position - WINDOW_WORDS), position + WINDOW_WORDS)
  return candidate.bonus + aboutness(new Set(around.map((word) => word.stem)), item) + questionAbout(turn, item)
}

/** How much a set of stems is about an item: the name's words count twice. */
export function aboutness(stems: ReadonlySet<string>, item: WireItem): number {
  return 2 * hits(item.nameStems, stems) + hits(item.promptStems, stems)
}

/** The same for the agent's question that a user turn answers. */
export function questionAbout(turn: Turn, item: WireItem): number {
  return turn.question === undefined ? 0 : aboutness(turn.question.stems, item)
}

/**
 * The last of the well supported candidates: what the user says later corrects what came before.
 * What only the agent says counts where the user gives nothing.
 */
export function lastSupported(
  transcript: Transcript,
  item: WireItem,
  candidatesIn: (turn: Turn) => Candidate[],
): Finding | undefined {
  for (const [turns, enough] of [
    [transcript.userTurns, 1],
    [transcript.agentTurns, 2],
  ] as const) {
    const scored = turns
      .flatMap(candidatesIn)
      .map((candidate) => ({ candidate, score: support(candidate, item) }))
      .filter(({ score }) => score >= enough)
    const best = scored.reduce((highest, { score }) => Math.max(highest, score), 0)
    const chosen = scored.findLast(({ score }) => score >= best / 2)?.candidate
    if (chosen) return { value: chosen.value, evidence: [cite(chosen.turn, chosen.at)] }
  }
  return undefined
}
