import type { Analysis } from '../analysis/index.ts'
import type { Conversation } from '../conversations/index.ts'
import { evaluate, type Mapping, type Rule, type Says, type Spoken, speakingRule } from '../mapping/index.ts'
import type { Vals } from './says.ts'
import { spokenOf } from './timeline/spoken-of.ts'
import { stampedFields, stampValue } from './timeline/stamps.ts'

/**
 * What one analysis says to every field that a mapping feeds, stamps included. `together` are all mappings that its run
 * decides with: where several rules feed one field, each says which others do. Pure.
 */
export function valsOf(
  mapping: Mapping,
  together: readonly Mapping[],
  conversation: Conversation,
  analysis: Analysis,
): Vals {
  const fields = analysis.outcome === 'ok' ? analysis.fields : null
  const spoken = spokenOf(conversation, fields)
  const vals: Vals = {}
  for (const [field, rules] of Map.groupBy(mapping.rules, (rule) => rule.field)) {
    const heard = rules.map((rule) => ({ rule, says: explained(evaluate(rule, spoken, fields), analysis) }))
    const speaking = speakingRule(heard)
    if (speaking === undefined) continue
    const { rule, says } = speaking
    const beside = sharing(rule, together)
    const version = { rule: rule.hash, ...(beside.length > 0 ? { beside } : {}) }
    vals[field] = { ...version, ...says }
    for (const { name, part } of stampedFields(rule)) vals[name] = { ...version, ...stamped(says, spoken, part) }
  }
  return vals
}

/** A failed analysis is silent by the name of its failure. */
function explained(says: Says, { outcome }: Analysis): Says {
  return says.says === 'silent' && outcome !== 'ok' ? { ...says, why: outcome } : says
}

function sharing(rule: Rule, together: readonly Mapping[]): string[] {
  const others = together
    .flatMap((mapping) => mapping.rules)
    .filter((other) => other.connection === rule.connection && other.object === rule.object)
    .filter((other) => other.field === rule.field && other.hash !== rule.hash)
  return [...new Set(others.map((other) => other.hash))].sort()
}

function stamped(says: Says, spoken: Spoken, part: 'at' | 'link'): Says {
  return says.says === 'value' ? stampValue(spoken, part) : says
}
