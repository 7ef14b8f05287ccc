import { compareSpoken, type Rule, type StepEvent } from '../../mapping/index.ts'
import { type StampOf, stampOf } from './stamps.ts'
import type { Answer, Correction, LinkedConversation, Release, Trace, TraceRelease } from './types.ts'
import { type Take, type Voice, voiceOf } from './voice-of.ts'

export type Voices = {
  /** The version of the newest release, in whose mode and policies those that share the field agree. */
  rule: Rule
  /** All rules that feed the field. */
  rules: readonly Rule[]
  /** Where the field is a stamp, of what: only the conversation that decides there is said here. */
  stamp: StampOf | null
  /** Every conversation that takes part, in the order in which they took place. */
  voices: Voice[]
  /** What is left of conversations that retention removed: it steps as their words did. */
  settled: StepEvent[]
  /** Earlier linked conversations that no run has named: they stay out until one does. */
  stayOut: number
}

/**
 * Who speaks for one cell, or null where nothing is released to it. Pure. A run names conversations; every linked one at
 * or after the earliest named takes part, with a person's correction or else its newest answer that is not silent, all
 * evaluated by the newest rule version released to the cell (those of all rules, where several feed it). An answer that the
 * field does not take is none to trust: it counts as silent. Of a conversation that is no more, what was settled counts,
 * whatever is undone, and its time stays the starting point of its release. ENGINE.md section 2.
 */
export function voicesOf(
  field: string,
  facts: {
    conversations: readonly LinkedConversation[]
    answers: readonly Answer[]
    corrections: readonly Correction[]
    releases: readonly Release[]
    traces?: readonly Trace[]
    ruleByHash: (hash: string) => Rule
  },
  take: Take = (value) => ({ value }),
): Voices | null {
  const named = facts.releases.filter((release) => (release.vals[field]?.says ?? 'silent') !== 'silent')
  const traces = (facts.traces ?? []).filter((trace) => trace.field === field)
  const version = newestVersion(field, named, traces)
  if (version === undefined) return null
  const rules = [version.rule, ...(version.beside ?? [])].map(facts.ruleByHash)
  const [rule] = rules
  if (rule === undefined) return null
  const namedIds = new Set(named.map((release) => release.conversationId))
  const all = linkedFor(rules, facts.conversations)
  const ofNamed = all.flatMap(({ linked }) => (namedIds.has(linked.conversationId) ? [linked] : []))
  const settled = traces.flatMap(settledBy)
  const [first] = [...ofNamed, ...traces.filter(isStart)].sort(compareSpoken)
  if (!first && settled.length === 0) return null
  const taking = first ? all.filter(({ linked }) => compareSpoken(linked, first) >= 0) : []
  const stamp = stampOf(field, rule)
  const part = stamp?.part ?? null
  const voices = taking.map((each) => voiceOf(each.rules, part, each.linked, facts, take))
  const deciding: Rule = stamp ? { ...rule, mode: 'overwrite' } : rule
  return { rule: deciding, rules, stamp, voices, settled, stayOut: all.length - taking.length }
}

/**
 * The newest among the releases; where none is left in force, a settled value keeps the rules it was found under. A run that
 * released several rules of the field has decided with all of them: which of them is named first must not depend on the order.
 */
function newestVersion(
  field: string,
  named: readonly Release[],
  traces: readonly Trace[],
): Pick<TraceRelease, 'rule' | 'beside'> | undefined {
  const releases = [
    ...named.flatMap(({ runId, vals }): TraceRelease[] => {
      const val = vals[field]
      return val ? [{ runId, rule: val.rule, beside: val.beside ?? [] }] : []
    }),
    ...traces.flatMap((trace) => trace.releases),
  ]
  const [newest] = releases.sort((a, b) => b.runId - a.runId || (a.rule < b.rule ? -1 : 1))
  if (newest) return newest
  const settled = traces.filter((trace) => trace.value !== null).sort(compareSpoken)
  const { rule = null, beside = [] } = settled.at(-1) ?? {}
  return rule === null ? undefined : { rule, beside }
}

/** What was settled is in force for good, and so is its release; of what only was there, the release of a run not undone. */
function isStart({ value, wasNamed, releases }: Trace): boolean {
  return releases.length > 0 || (value !== null && wasNamed)
}

function settledBy({ at, startedAt, conversationId, value }: Trace): StepEvent[] {
  return value === null ? [] : [{ kind: 'settled', at, startedAt, conversationId, value }]
}

/**
 * Each conversation once, in the order in which they took place, with the rules whose mappings link it. A mapping that is
 * new, or that a rule has moved to, goes by the links of others until it has looked itself.
 */
function linkedFor(rules: readonly Rule[], conversations: readonly LinkedConversation[]) {
  const found = new Map<string, { linked: LinkedConversation; rules: Rule[] }>()
  for (const rule of rules) {
    const usable = conversations.filter((each) => each.mapping === rule.mapping || !each.triedBy.includes(rule.mapping))
    for (const linked of new Map(usable.map((each) => [each.conversationId, each])).values()) {
      const known = found.get(linked.conversationId)
      if (known) known.rules.push(rule)
      else found.set(linked.conversationId, { linked, rules: [rule] })
    }
  }
  return [...found.values()].sort((a, b) => compareSpoken(a.linked, b.linked))
}
