import type { AgentItems } from '../../agents/index.ts'
import { type Answers, itemsOf } from '../check/answers.ts'

/** What one rule of a first file may read: an item, two that mean the same, or a fact. */
export type Source = {
  from: string[]
  /** Our contact's field, where it is not the first name in `from`. */
  field?: string
  /** Other names that a CRM field for it is likely to have. */
  alsoCalled: string[]
  answers: Answers | { type: 'time'; choices: null }
}

/** Built-in items of calls and of chats that mean the same, and our name for both. */
const twins: Record<string, { twin: string; field: string }> = {
  call_summary: { twin: 'chat_summary', field: 'last_summary' },
  call_successful: { twin: 'chat_successful', field: 'last_successful' },
}

/** A source for everything that these agents extract, in their order, and the time of the conversation. Pure. */
export function sourcesOf(agents: readonly AgentItems[]): Source[] {
  const asked = Map.groupBy(itemsOf(agents), ({ name }) => name)
  const isTwin = (name: string) => Object.entries(twins).some(([own, { twin }]) => twin === name && asked.has(own))
  const sources = [...asked].flatMap(([name, items]): Source[] => {
    const [first] = items
    if (!first || isTwin(name)) return []
    const alike = items.filter(({ answers }) => answers.type === first.answers.type)
    const choices = alike.flatMap(({ answers }) => answers.choices ?? [])
    // Where one agent lists anything, the choices of another are not all that there are.
    const open = alike.find(({ answers }) => answers.choices === null) ?? first
    const answers = open.answers.choices === null ? open.answers : { ...open.answers, choices: [...new Set(choices)] }
    const pair = twins[name]
    if (!pair || !asked.has(pair.twin)) return [{ from: [name], alsoCalled: [], answers }]
    return [{ from: [name, pair.twin], field: pair.field, alsoCalled: [pair.field], answers }]
  })
  const alsoCalled = ['last_call_at', 'last_conversation_at', 'last_contacted_by_agent']
  return [
    ...sources,
    { from: ['$ended_at'], field: 'last_call_at', alsoCalled, answers: { type: 'time', choices: null } },
  ]
}
