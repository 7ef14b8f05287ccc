import type { Forgettable } from '../contacts/index.ts'
import type { Conversation } from './types.ts'

/**
 * By what a conversation names its person: its number, and every e-mail and number (as E.164) in its metadata and variables.
 * Pure.
 */
export function keysOfPerson({
  contactNumber,
  metadata,
  variables,
}: Pick<Conversation, 'contactNumber' | 'metadata' | 'variables'>): Forgettable[] {
  const number: Forgettable[] = contactNumber === null ? [] : [{ kind: 'number', key: contactNumber }]
  return [...number, ...textsIn([metadata, variables]).flatMap(keyIn)]
}

function keyIn(text: string): Forgettable[] {
  const plain = text.trim()
  if (/^[^\s@]+@[^\s@]+$/.test(plain)) return [{ kind: 'email', key: plain.toLowerCase() }]
  if (!/^\+[\d\s().-]{7,30}$/.test(plain)) return []
  return [{ kind: 'number', key: `+${plain.replace(/\D/g, '')}` }]
}

/** Nesting is bounded at intake. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
