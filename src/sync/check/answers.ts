import { type AgentItems, choicesOf, type Item, presetNames } from '../../agents/index.ts'
import { presetsOf } from '../../analysis/index.ts'
import { isForAgent, type Mapping, type Rule, type Value } from '../../mapping/index.ts'

/** What an item can answer: one of these (of a list any number), or any of a type. */
export type Answers =
  | { type: 'string' | 'number' | 'date' | 'datetime'; choices: null }
  | { type: 'boolean' | 'enum'; choices: string[] }
  | { type: 'list'; choices: string[] | null }

/** An item as one or several agents ask it. */
export type AskedItem = { name: string; answers: Answers }

/** The agents whose conversations a mapping takes. */
export function agentsOf(mapping: Mapping, agents: readonly AgentItems[]): AgentItems[] {
  return agents.filter(({ agentId }) => isForAgent(mapping, agentId))
}

/** Every item that these agents ask, each as often as it differs between them, the built-in ones included. */
export function itemsOf(agents: readonly AgentItems[]): AskedItem[] {
  const asked = agents.flatMap(({ items }) => items.map((item) => ({ name: item.name, answers: answersOf(item) })))
  return [...new Map(asked.map((item) => [JSON.stringify(item), item])).values()]
}

/** The built-in items are extracted whether or not there is an agent of their kind yet. */
export const builtInItems: readonly AskedItem[] = presetNames.map((name) => ({
  name,
  answers: answersOf({ type: 'system-presets', name }),
}))

/** The items a rule reads; none for a fact. */
export function itemsOfRule({ from }: Rule, items: readonly AskedItem[]): AskedItem[] {
  const asked = items.filter(({ name }) => from.includes(name))
  const builtIn = builtInItems.filter(({ name }) => from.includes(name) && !asked.some((item) => item.name === name))
  return [...asked, ...builtIn]
}

function answersOf(item: Item): Answers {
  switch (item.type) {
    case 'enum':
      return { type: 'enum', choices: choicesOf(item) }
    case 'list':
      return { type: 'list', choices: item.choices ? choicesOf(item) : null }
    case 'boolean':
      return { type: 'boolean', choices: ['true', 'false'] }
    case 'string':
    case 'number':
    case 'date':
    case 'datetime':
      return { type: item.type, choices: null }
    case 'system-presets': {
      const preset = [...presetsOf('call'), ...presetsOf('chat')].find(({ name }) => name === item.name)
      if (preset?.type === 'boolean') return { type: 'boolean', choices: ['true', 'false'] }
      return preset?.type === 'enum' ? { type: 'enum', choices: preset.choices } : { type: 'string', choices: null }
    }
  }
}

/** One value of each type that has no choices; free text has none that stands for others. */
const examples: Partial<Record<Answers['type'], Exclude<Value, null>>> = {
  number: 1,
  date: '2026-01-31',
  datetime: '2026-01-31T12:00:00.000Z',
}

/**
 * Values as an item answers them, entries of a list by themselves: every one where they are few, one of its kind for numbers and
 * times, none for free text.
 */
export function examplesOf({ type, choices }: Answers): Exclude<Value, null>[] {
  if (type === 'boolean') return [true, false]
  const example = examples[type]
  return choices ?? (example === undefined ? [] : [example])
}
