import type { ConversationWithTurns } from '../conversations/index.ts'
import { isSpoken } from './turn-text.ts'

/** A conversation of which nothing is to be read but what was said: other entries keep their place, and so every turn its number. Pure. */
export function spokenOnly(conversation: ConversationWithTurns): ConversationWithTurns {
  const omitted = { role: 'omitted', content: '', at: null }
  return { ...conversation, turns: conversation.turns.map((turn) => (isSpoken(turn) ? turn : omitted)) }
}
