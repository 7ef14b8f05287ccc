import { evaluate, type FieldValue, type Rule, type Says } from '../../../src/mapping/index.ts'
import { spokenOf } from '../../../src/sync/timeline/spoken-of.ts'
import type { Answer, LinkedConversation, Release } from '../../../src/sync/timeline/types.ts'
import type { voicesOf } from '../../../src/sync/timeline/voices.ts'

export type Facts = Parameters<typeof voicesOf>[1]

/** What voices come to: the rule version, who takes part and says what, and how many stay out. */
export type Outline = { rule: string; says: [conversationId: string, says: Says][]; stayOut: number }

/** ENGINE.md section 2 sentence by sentence: every question is asked anew for every conversation. */
export function modelOfVoices(field: string, facts: Facts): Outline | null {
  // "A silent contribution releases nothing."
  const named = facts.releases.filter(({ vals }) => vals[field] && vals[field].says !== 'silent')
  // "A cell's rule version is the newest among the releases to it."
  const lastRun = Math.max(...named.map(({ runId }) => runId))
  const hash = named.find(({ runId }) => runId === lastRun)?.vals[field]?.rule
  if (hash === undefined) return null
  const rule = facts.ruleByHash(hash)
  const linked = facts.conversations.filter(
    (each) => each.mapping === rule.mapping || !each.triedBy.includes(rule.mapping),
  )
  const taking = linked.filter((each) => takesPart(each, linked, named))
  if (taking.length === 0) return null
  const positionOf = (each: LinkedConversation) => taking.filter((other) => isBefore(other, each)).length
  const says = taking.map((each): Outline['says'][number] => [each.conversationId, wordOf(each, rule, facts)])
  const places = taking.map(positionOf)
  return {
    rule: hash,
    says: says.map((_, place) => says[places.indexOf(place)] ?? ['?', { says: 'silent', why: 'no order' }]),
    stayOut: linked.length - taking.length,
  }
}

/** "Every linked conversation at or after the earliest one that a run not undone has named takes part." */
function takesPart(each: LinkedConversation, linked: LinkedConversation[], named: Release[]): boolean {
  return linked.some(
    (other) =>
      named.some(({ conversationId }) => conversationId === other.conversationId) &&
      (other === each || isBefore(other, each)),
  )
}

function isBefore(a: LinkedConversation, b: LinkedConversation): boolean {
  if (a.at !== b.at) return a.at < b.at
  return a.startedAt === b.startedAt ? a.conversationId < b.conversationId : a.startedAt < b.startedAt
}

/** "In force is: a person's correction, else the newest contribution that is released, not undone and not silent." */
function wordOf({ conversationId, conversation }: LinkedConversation, rule: Rule, facts: Facts): Says {
  const answers = facts.answers.filter((each) => each.conversationId === conversationId)
  const corrections = facts.corrections.filter((each) => each.conversationId === conversationId)
  const newestOn = (item: string) =>
    corrections.filter((each) => each.item === item).reduce((a, b) => (a.runId > b.runId ? a : b))
  const items = [...new Set(corrections.map(({ item }) => item))]
  const byPerson = items.filter((item) => rule.from.includes(item))

  const hear = (fields: Answer['fields']): Says => {
    if (fields === null && byPerson.length === 0) return evaluate(rule, spokenOf(conversation, null), null)
    const heard: Record<string, FieldValue> = {}
    for (const [item, value] of Object.entries(fields ?? {})) {
      if (byPerson.length === 0 || !rule.from.includes(item)) heard[item] = value
    }
    for (const item of items) heard[item] = { value: newestOn(item).value, status: 'found', evidence: [] }
    // "never: a nothing counts as silent; undo, deletion and correction still withdraw."
    const retract = byPerson.length > 0 ? 'allow' : rule.retract
    return evaluate({ ...rule, retract }, spokenOf(conversation, heard), heard)
  }
  return newestHeard(answers, hear) ?? (byPerson.length > 0 ? hear(null) : { says: 'silent', why: 'never_analysed' })
}

/** "silent leaves an older answer in force"; where all are silent, the newest says why. */
function newestHeard(answers: Answer[], hear: (fields: Answer['fields']) => Says): Says | null {
  if (answers.length === 0) return null
  const newest = answers.reduce((a, b) => (a.runId > b.runId ? a : b))
  const says = hear(newest.fields)
  if (says.says !== 'silent') return says
  const older = newestHeard(
    answers.filter((each) => each !== newest),
    hear,
  )
  return older === null || older.says === 'silent' ? says : older
}
