import { difference } from './difference.ts'
import type { RetellEntry } from './retell-schema.ts'
import type { Turn } from './types.ts'

/** The times of each word, turn by turn; null where a turn has none. Kept apart: they weigh more than all the text. */
export type Words = (unknown[] | null)[] | null

const labels: Record<string, string> = { user: 'User', agent: 'Agent', transfer_target: 'Transfer Target' }

/** Whether somebody says it, rather than a tool or a machine. */
export function isSpoken(turn: { role: string }): boolean {
  return Object.hasOwn(labels, turn.role)
}

/** Turns out of a transcript with its tool calls. `startMs` is what the times of words count from. Pure. */
export function turnsOf(entries: RetellEntry[], startMs: number | null): { turns: Turn[]; words: Words } {
  const words = entries.map((entry) => entry.words ?? null)
  const turns = entries.map((entry, index): Turn => {
    const turn: Turn = { role: entry.role, content: entry.content ?? '', at: endOf(entry, startMs) }
    if (typeof entry.name === 'string') turn.name = entry.name
    const extra = difference(entry, entryOf(turn, words[index] ?? null))
    return Object.keys(extra).length === 0 ? turn : { ...turn, extra }
  })
  return { turns, words: words.every((list) => list === null) ? null : words }
}

/** The entry a turn came from: what `turnsOf` reads, written back. */
export function entryOf(turn: Turn, words: unknown[] | null): Record<string, unknown> {
  return {
    role: turn.role,
    ...(isSpoken(turn) || turn.content !== '' ? { content: turn.content } : {}),
    ...(turn.name === undefined ? {} : { name: turn.name }),
    ...(words === null ? {} : { words }),
    ...turn.extra,
  }
}

/** Calls time each word in seconds from the call's start, chats stamp each message. */
function endOf(entry: RetellEntry, startMs: number | null): number | null {
  if (typeof entry.created_timestamp === 'number') return entry.created_timestamp
  const last = entry.words?.at(-1)
  if (startMs === null || typeof last !== 'object' || last === null || !('end' in last)) return null
  return typeof last.end === 'number' && last.end >= 0 ? startMs + Math.round(last.end * 1000) : null
}

/** `User: …` and `Agent: …`, each turn closed by a line break; a turn may hold line breaks of its own. */
export function transcriptOf(turns: Turn[]): string {
  const spoken = turns.filter(isSpoken)
  return spoken.map((turn) => `${labels[turn.role]}: ${turn.content}\n`).join('')
}

/** The entries of a bare transcript. A line that names no speaker belongs to the turn before it, or to the agent. */
export function entriesOf(transcript: string): RetellEntry[] {
  const entries: { role: string; content: string }[] = []
  for (const line of transcript.replace(/\n$/, '').split('\n')) {
    const [role, label] = Object.entries(labels).find(([, name]) => line.startsWith(`${name}: `)) ?? []
    const open = entries.at(-1)
    if (role !== undefined) entries.push({ role, content: line.slice(`${label}: `.length) })
    else if (open !== undefined) open.content += `\n${line}`
    else if (line.trim() !== '') entries.push({ role: 'agent', content: line })
  }
  return entries
}
