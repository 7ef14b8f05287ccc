import type { ConversationWithTurns, Turn } from '../../conversations/index.ts'
import { clean } from '../clean.ts'
import type { CompiledItem } from '../compile-items.ts'
import { isSpoken, textOf, variableText } from '../turn-text.ts'
import { maskSecrets, mayHoldSecret } from './mask-secrets.ts'
import { secretsAskedFor } from './secrets-asked-for.ts'

/** A key that was pressed: a turn for each. */
const keyRole = 'dtmf'

/**
 * A conversation as a model may read it: card numbers, social security numbers and passwords masked in its turns and variables, unless an
 * item asks for them. Evidence is held against this one too. Keys pressed one after another are read as one: a mask stands in the turn of the
 * first, the others are empty. A secret that is said over several turns is not seen. Turns without a secret are the same objects, so that such
 * conversations render as ever: a whole conversation without one is the same. What is stored keeps its secrets. Pure.
 */
export function withoutSecrets(conversation: ConversationWithTurns, items: CompiledItem[]): ConversationWithTurns {
  const runs = runsOf(conversation.turns).map((run) => ({ run, text: run.map(textOf).join(' ') }))
  const given = Object.entries(conversation.variables).map(([name, value]) => ({
    name,
    value,
    text: clean(variableText(value)),
  }))
  if (!mayHoldSecret([...runs, ...given].map(({ text }) => text).join('\n'))) return conversation
  const spared = secretsAskedFor(items)
  let before = ''
  const turns = runs.flatMap(({ run, text }) => {
    const [first] = run
    // What a tool answers is no answer to what the agent has asked.
    const asked = isSpoken(first) || first.role === keyRole ? before : ''
    const masked = maskSecrets(text, asked, spared)
    if (isSpoken(first)) before = text
    return masked === text ? run : [{ ...first, content: masked }, ...run.slice(1).map(emptied)]
  })
  const variables = Object.fromEntries(
    given.map(({ name, value, text }) => {
      const masked = maskSecrets(text, '', spared)
      return [name, masked === text ? value : masked]
    }),
  )
  return { ...conversation, turns, variables }
}

/** Turn by turn, but keys that follow each other together. */
function runsOf(turns: readonly Turn[]): [Turn, ...Turn[]][] {
  const runs: [Turn, ...Turn[]][] = []
  for (const turn of turns) {
    const last = runs.at(-1)
    if (last?.[0].role === keyRole && turn.role === keyRole) last.push(turn)
    else runs.push([turn])
  }
  return runs
}

/** Also without `extra`, where the key is. */
function emptied({ role, at }: Turn): Turn {
  return { role, content: '', at }
}
