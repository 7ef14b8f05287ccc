import { cutText } from './cut-text.ts'
import { factNamed } from './facts.ts'
import { formatted } from './format.ts'
import { hearItem, saidOf } from './hear-item.ts'
import { hearTemplate } from './hear-template.ts'
import { isForAgent } from './is-for-agent.ts'
import { judgeCondition } from './judge-condition.ts'
import { nothing, silent } from './says.ts'
import { translate } from './translate.ts'
import type { FieldValue, Rule, Says, Spoken } from './types.ts'

/**
 * What one analysis of one conversation says to one rule. Pure. ENGINE.md section 2.
 *
 * - `value`: typed, translated, formatted, cut; never null or blank. `0` and `false` are values.
 * - `nothing`: asked, and the conversation does not say it. `why`: condition, not_mentioned, declined, ambiguous, blank,
 *   mapped_to_null.
 * - `silent`: not asked, or no trustworthy answer. `why`: agent, failed, condition_unknown, not_asked, refused, invalid,
 *   unverified, not_translated, not_formatted; under `retract: never` also every reason of `nothing`.
 *
 * `fields` are the analysis' answers by item name; null where it failed as a whole.
 */
export function evaluate(rule: Rule, spoken: Spoken, fields: Record<string, FieldValue> | null): Says {
  const said = hear(rule, spoken, fields)
  if (said.says === 'nothing' && rule.retract === 'never') return silent(said.why)
  if (said.says !== 'value' || typeof said.value !== 'string' || rule.maxLength === null) return said
  return { says: 'value', value: cutText(said.value, rule.maxLength) }
}

function hear(rule: Rule, spoken: Spoken, fields: Record<string, FieldValue> | null): Says {
  if (!isForAgent(rule, spoken.agentId)) return silent('agent')
  if (fields === null) return silent('failed')
  if (rule.when !== null) {
    const verdict = judgeCondition(rule.when, spoken.subject, fields)
    if (verdict === 'unknown') return silent('condition_unknown')
    if (verdict === 'fails') return nothing('condition')
  }
  if (rule.template !== undefined) return hearTemplate({ ...rule, template: rule.template }, spoken, fields)
  const fact = factNamed(rule.from[0])
  const said = fact ? saidOf(spoken.facts[fact]) : hearItem(rule.from, fields, rule.unverified)
  return said.says === 'value' ? formatted(translate(rule, said.value), rule.format) : said
}
