import type { Conversation, Turn } from '../conversations/index.ts'
import { isSpoken, textOf } from './turn-text.ts'

/** Why a conversation is not analysed. `deleted`: it went away while it was being analysed. */
export type SkipReason = 'not_connected' | 'ongoing' | 'empty' | 'agent_only' | 'too_long' | 'deleted'

/**
 * About 200,000 tokens of English, below the price step of 272,000 (reference/llm.md 1.5): some twenty hours of talk. Nothing is ever cut
 * to fit, because the end of a conversation is where its outcome is.
 */
const longestBytes = 800_000

/** Whether a rendered conversation is longer than any real one. Pure. */
export function isTooLong(rendered: string): boolean {
  return Buffer.byteLength(rendered) > longestBytes
}

/**
 * Why a conversation is not worth a model call, or null. A skipped conversation says nothing: it is no failure, and not
 * "unsuccessful". One that broke off with an error is analysed as far as it went. Pure.
 */
export function skipReason(conversation: Conversation, turns: Turn[]): SkipReason | null {
  if (conversation.status === 'not_connected') return 'not_connected'
  if (conversation.status === 'ongoing' || conversation.status === 'registered') return 'ongoing'
  const spoken = turns.filter((turn) => isSpoken(turn) && textOf(turn).trim() !== '')
  if (spoken.length === 0) return 'empty'
  return spoken.every((turn) => turn.role === 'agent') ? 'agent_only' : null
}
