import {
  evaluate,
  type FieldValue,
  needsAnalysis,
  type Rule,
  replacedItems,
  type Says,
  speakingRule,
  type Value,
} from '../../mapping/index.ts'
import { spokenOf } from './spoken-of.ts'
import { type StampOf, stampValue } from './stamps.ts'
import type { Answer, Correction, LinkedConversation } from './types.ts'

/** What one conversation says to a cell, by which rule, and the analysis it says it with. */
export type Voice = {
  linked: LinkedConversation
  rule: Rule
  says: Says
  answer: Answer | null
  /** The run of a person's correction, where that is what it says it with. */
  correctedBy?: number
  /** Why the field does not take its newest answer; an older one may be in force instead. */
  refused?: string
}

/** A value as the field takes it, or why it does not. */
export type Take = (value: Exclude<Value, null>, rule: Rule) => { value: Value } | { refused: string }

export type Facts = { answers: readonly Answer[]; corrections: readonly Correction[] }

/**
 * What a conversation says by the rules whose mappings link it: a person's correction, else its newest answer that is not
 * silent. `part`: the cell is that stamp of the rule's field. Pure.
 */
export function voiceOf(
  rules: readonly Rule[],
  part: StampOf['part'] | null,
  linked: LinkedConversation,
  facts: Facts,
  take: Take,
): Voice {
  const isItsOwn = (each: { conversationId: string }) => each.conversationId === linked.conversationId
  const own = facts.corrections.filter(isItsOwn)
  const corrected = correctedFields(own)
  const replacedIn = (rule: Rule) => replacedItems(rule, Object.keys(corrected))
  const hearBy = (rule: Rule, answer: Answer | null): Voice => {
    const replaced = replacedIn(rule)
    const byPerson = replaced.length > 0
    const isWhole = byPerson && !needsAnalysis(rule, replaced)
    const asked = byPerson ? without(answer?.fields ?? {}, replaced) : (answer?.fields ?? null)
    const fields = asked && { ...asked, ...corrected }
    // What a person takes back is withdrawn under any rule; `retract: never` is about what models find.
    const spokenBy: Rule = byPerson ? { ...rule, retract: 'allow' } : rule
    const spoken = spokenOf(linked.conversation, fields)
    const heard = evaluate(spokenBy, spoken, fields)
    const says = heard.says === 'value' && part !== null ? stampValue(spoken, part) : heard
    // The sum of a count is not what its stamp takes.
    const takenBy: Rule = part === null ? rule : { ...rule, mode: 'overwrite' }
    return { linked, rule, answer: isWhole ? null : answer, ...asTaken(says, takenBy, take) }
  }
  const hear = (answer: Answer | null): Voice[] => {
    const voice = speakingRule(rules.map((rule) => hearBy(rule, answer)))
    return voice === undefined ? [] : [voice]
  }
  const heard = facts.answers
    .filter(isItsOwn)
    .sort((a, b) => b.runId - a.runId)
    .flatMap(hear)
  // A correction needs no analysis.
  if (rules.some((rule) => replacedIn(rule).length > 0)) heard.push(...hear(null))
  const inForce = heard.find(({ says }) => says.says !== 'silent') ?? heard[0] ?? neverAnalysed(linked, rules)
  const refused = heard[0]?.refused
  const byPerson = own.filter(({ item }) => inForce.rule.from.includes(item)).map(({ runId }) => runId)
  const correctedBy = byPerson.length > 0 ? Math.max(...byPerson) : undefined
  return { ...inForce, ...(refused !== undefined && { refused }), ...(correctedBy !== undefined && { correctedBy }) }
}

function neverAnalysed(linked: LinkedConversation, [rule]: readonly Rule[]): Voice {
  if (rule === undefined) throw new Error('a conversation speaks by at least one rule')
  return { linked, rule, says: { says: 'silent', why: 'never_analysed' }, answer: null }
}

function asTaken(says: Says, rule: Rule, take: Take): Pick<Voice, 'says' | 'refused'> {
  if (says.says !== 'value') return { says }
  const taken = take(says.value, rule)
  if ('refused' in taken) return { says: { says: 'silent', why: 'refused_by_field' }, refused: taken.refused }
  return { says: taken.value === null ? { says: 'nothing', why: 'blank' } : { says: 'value', value: taken.value } }
}

/** The newest word of a person on each item, as an analysis would hold it. */
function correctedFields(corrections: readonly Correction[]): Record<string, FieldValue> {
  const inOrder = [...corrections].sort((a, b) => a.runId - b.runId)
  return Object.fromEntries(inOrder.map(({ item, value }) => [item, { value, status: 'found', evidence: [] }]))
}

function without(fields: Record<string, FieldValue>, items: readonly string[]): Record<string, FieldValue> {
  return Object.fromEntries(Object.entries(fields).filter(([item]) => !items.includes(item)))
}
