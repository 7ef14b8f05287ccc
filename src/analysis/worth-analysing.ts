import type { Conversation, Turn } from '../conversations/index.ts'
import { isSpoken, textOf } from './turn-text.ts'

/** Why there is nothing to analyse. `deleted`: the conversation went away while it was being analysed. */
export type SkipReason = 'not_connected' | 'ongoing' | 'empty' | 'agent_only' | 'deleted'

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
