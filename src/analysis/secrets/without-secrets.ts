import type { ConversationWithTurns } from '../../conversations/index.ts'
import { clean } from '../clean.ts'
import type { CompiledItem } from '../compile-items.ts'
import { isSpoken, textOf, variableText } from '../turn-text.ts'
import { maskSecrets } from './mask-secrets.ts'
import { secretsAskedFor } from './secrets-asked-for.ts'

/**
 * A conversation as a model may read it: card numbers, social security numbers and passwords masked in its turns and variables, unless an
 * item asks for them. Evidence is held against this one too. Turns without a secret are the same objects, so that such
 * conversations render as ever. What is stored keeps its secrets. Pure.
 */
export function withoutSecrets(conversation: ConversationWithTurns, items: CompiledItem[]): ConversationWithTurns {
  const spared = secretsAskedFor(items)
  let before = ''
  const turns = conversation.turns.map((turn) => {
    const text = textOf(turn)
    const masked = maskSecrets(text, before, spared)
    if (isSpoken(turn)) before = text
    return masked === text ? turn : { ...turn, content: masked }
  })
  const variables = Object.fromEntries(
    Object.entries(conversation.variables).map(([name, value]) => {
      const text = clean(variableText(value))
      const masked = maskSecrets(text, '', spared)
      return [name, masked === text ? value : masked]
    }),
  )
  return { ...conversation, turns, variables }
}
