import { compareSpoken, evaluate, type FieldValue, type Rule, type Says, type Value } from '../../mapping/index.ts'
import { spokenOf } from './spoken-of.ts'
import type { Answer, Correction, LinkedConversation, Release } from './types.ts'

/** What one conversation says to a cell, and the analysis it says it with. */
export type Voice = {
  linked: LinkedConversation
  says: Says
  answer: Answer | null
  /** The run of a person's correction, where that is what it says it with. */
  correctedBy?: number
  /** Why the field does not take its newest answer; an older one may be in force instead. */
  refused?: string
}

/** A value as the field takes it, or why it does not. */
export type Take = (value: Exclude<Value, null>, rule: Rule) => { value: Value } | { refused: string }

export type Voices = {
  rule: Rule
  /** Every conversation that takes part, in the order in which they took place. */
  voices: Voice[]
  /** Earlier linked conversations that no run has named: they stay out until one does. */
  stayOut: number
}

/**
 * Who speaks for one cell, or null where nothing is released to it. Pure. A run names conversations; every linked one at
 * or after the earliest named takes part, with a person's correction or else its newest answer that is not silent, all
 * evaluated by the newest rule version released to the cell. An answer that the field does not take is none to trust: it
 * counts as silent. ENGINE.md section 2.
 */
export function voicesOf(
  field: string,
  facts: {
    conversations: readonly LinkedConversation[]
    answers: readonly Answer[]
    corrections: readonly Correction[]
    releases: readonly Release[]
    ruleByHash: (hash: string) => Rule
  },
  take: Take = (value) => ({ value }),
): Voices | null {
  const named = facts.releases.filter((release) => (release.vals[field]?.says ?? 'silent') !== 'silent')
  const newest = named.reduce<Release | null>((best, each) => (best && best.runId > each.runId ? best : each), null)
  const hash = newest?.vals[field]?.rule
  if (hash === undefined) return null
  const rule = facts.ruleByHash(hash)
  const namedIds = new Set(named.map((release) => release.conversationId))
  const linked = linkedFor(rule.mapping, facts.conversations).sort(compareSpoken)
  const first = linked.findIndex((each) => namedIds.has(each.conversationId))
  if (first === -1) return null
  return { rule, voices: linked.slice(first).map((each) => voiceOf(rule, each, facts, take)), stayOut: first }
}

/** Each conversation once. A mapping that is new, or that a rule has moved to, goes by the links of others until it has looked itself. */
function linkedFor(mapping: string, conversations: readonly LinkedConversation[]): LinkedConversation[] {
  const usable = conversations.filter((each) => each.mapping === mapping || !each.triedBy.includes(mapping))
  return [...new Map(usable.map((each) => [each.conversationId, each])).values()]
}

function voiceOf(
  rule: Rule,
  linked: LinkedConversation,
  facts: { answers: readonly Answer[]; corrections: readonly Correction[] },
  take: Take,
): Voice {
  const isItsOwn = (each: { conversationId: string }) => each.conversationId === linked.conversationId
  const own = facts.corrections.filter(isItsOwn)
  const corrected = correctedFields(own)
  const byPerson = rule.from.some((item) => Object.hasOwn(corrected, item))
  const hear = (answer: Answer | null): Voice => {
    const asked = byPerson ? without(answer?.fields ?? {}, rule.from) : (answer?.fields ?? null)
    const fields = asked && { ...asked, ...corrected }
    // What a person takes back is withdrawn under any rule; `retract: never` is about what models find.
    const spokenBy: Rule = byPerson ? { ...rule, retract: 'allow' } : rule
    const says = evaluate(spokenBy, spokenOf(linked.conversation, fields), fields)
    return { linked, answer: byPerson ? null : answer, ...asTaken(says, rule, take) }
  }
  const heard = facts.answers
    .filter(isItsOwn)
    .sort((a, b) => b.runId - a.runId)
    .map(hear)
  // A correction needs no analysis.
  if (byPerson) heard.push(hear(null))
  const silence: Voice = { linked, says: { says: 'silent', why: 'never_analysed' }, answer: null }
  const inForce = heard.find(({ says }) => says.says !== 'silent') ?? heard[0] ?? silence
  const refused = heard[0]?.refused
  const correctedBy = Math.max(...own.filter(({ item }) => rule.from.includes(item)).map(({ runId }) => runId))
  return { ...inForce, ...(refused !== undefined && { refused }), ...(byPerson && { correctedBy }) }
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
