import type { Turn } from '../conversations/index.ts'
import { clean } from './clean.ts'

const spokenRoles = new Set(['user', 'agent', 'transfer_target'])
/** Where a vendor puts what happened in an entry that has no content. */
const eventKeys = ['arguments', 'digit', 'new_node_name']

/** True where a person or the agent said this, false for tool calls and other events. */
export function isSpoken(turn: Turn): boolean {
  return spokenRoles.has(turn.role)
}

/** What an entry of a transcript says, cleaned: the text that the model reads and that quotes are checked against. */
export function textOf(turn: Turn): string {
  if (turn.content !== '' || turn.extra === undefined) return clean(turn.content)
  const event = eventKeys.map((key) => turn.extra?.[key]).find((value) => value !== undefined && value !== null)
  return clean(typeof event === 'string' ? event : event === undefined ? '' : JSON.stringify(event))
}

/** The value of a variable as it is given with a conversation. */
export function variableText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
