import { type Word, wordsOf } from './words.ts'

export type Turn = {
  /** The number the prompt gave this turn. */
  turn: number
  speaker: string
  text: string
  words: Word[]
  stems: ReadonlySet<string>
  /** What the agent asked directly before; only on user turns. */
  question: Turn | undefined
}

export type Transcript = {
  turns: Turn[]
  userTurns: Turn[]
  agentTurns: Turn[]
}

/** Bounds the work on a hostile transcript; no call of a day comes near. */
const MAX_TURNS = 10_000
const MAX_CHARS_PER_TURN = 4_000

// `[12] 00:31 user: "…"` or `[13] tool_call book_slot: "…"`
const LINE = /^\[(\d{1,9})\] +(?:\d+:\d\d(?::\d\d)? +)?([\w.-]+)(?: \S{1,200})?: ?(.*)$/

/** Reads the numbered turns out of a user message; lines of any other form (the metadata block) are passed over. */
export function readTranscript(message: string): Transcript {
  const turns: Turn[] = []
  let asked: Turn | undefined
  for (const line of message.split('\n')) {
    const match = LINE.exec(line.trimEnd())
    if (match === null) continue
    const [, number = '', speaker = '', rest = ''] = match
    const text = unquote(rest).slice(0, MAX_CHARS_PER_TURN)
    const words = wordsOf(text)
    const turn: Turn = {
      turn: Number(number),
      speaker,
      text,
      words,
      stems: new Set(words.map((word) => word.stem)),
      question: speaker === 'user' ? asked : undefined,
    }
    if (speaker === 'agent') asked = text.includes('?') ? turn : undefined
    if (speaker === 'user') asked = undefined
    turns.push(turn)
    if (turns.length === MAX_TURNS) break
  }
  return {
    turns,
    userTurns: turns.filter((turn) => turn.speaker === 'user'),
    agentTurns: turns.filter((turn) => turn.speaker === 'agent'),
  }
}

function unquote(rest: string): string {
  const quoted = rest.startsWith('"') ? rest.slice(0, rest.lastIndexOf('"') + 1) : rest
  try {
    const text: unknown = JSON.parse(quoted)
    return typeof text === 'string' ? text : rest
  } catch {
    return rest.replace(/^"|"$/g, '')
  }
}
