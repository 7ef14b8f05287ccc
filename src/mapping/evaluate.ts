import { cutText } from './cut-text.ts'
import { factNamed } from './facts.ts'
import { judgeCondition } from './judge-condition.ts'
import type { FieldValue, Rule, Says, Spoken, Value } from './types.ts'
import { isEmpty } from './values.ts'

/**
 * What one analysis of one conversation says to one rule. Pure. ENGINE.md section 2.
 *
 * - `value`: typed, translated, cut; never null or blank. `0` and `false` are values.
 * - `nothing`: asked, and the conversation does not say it. `why`: condition, not_mentioned, declined, ambiguous, blank,
 *   mapped_to_null.
 * - `silent`: not asked, or no trustworthy answer. `why`: agent, failed, condition_unknown, not_asked, refused, invalid,
 *   unverified, not_translated; under `retract: never` also every reason of `nothing`.
 *
 * `fields` are the analysis' answers by item name; null where it failed as a whole.
 */
export function evaluate(rule: Rule, spoken: Spoken, fields: Record<string, FieldValue> | null): Says {
  const said = hear(rule, spoken, fields)
  return said.says === 'nothing' && rule.retract === 'never' ? silent(said.why) : said
}

function hear(rule: Rule, spoken: Spoken, fields: Record<string, FieldValue> | null): Says {
  if (rule.agents !== null && !rule.agents.includes(spoken.agentId)) return silent('agent')
  if (fields === null) return silent('failed')
  if (rule.when !== null) {
    const verdict = judgeCondition(rule.when, spoken.subject, fields)
    if (verdict === 'unknown') return silent('condition_unknown')
    if (verdict === 'fails') return nothing('condition')
  }
  const fact = factNamed(rule.from[0])
  return fact === null ? hearItem(rule, fields) : say(rule, spoken.facts[fact])
}

function hearItem(rule: Rule, fields: Record<string, FieldValue>): Says {
  const asked = rule.from.filter((name) => Object.hasOwn(fields, name)).map((name) => fields[name])
  const answer =
    asked.find((field) => field?.status === 'found') ??
    asked.find((field) => field?.status === 'unverified' && rule.unverified === 'write') ??
    asked[0]
  if (answer === undefined) return silent('not_asked')
  switch (answer.status) {
    case 'found':
      return say(rule, answer.value)
    case 'unverified':
      return rule.unverified === 'write' ? say(rule, answer.value) : silent('unverified')
    case 'not_mentioned':
    case 'declined':
    case 'ambiguous':
      return nothing(answer.status)
    case 'refused':
    case 'invalid':
      return silent(answer.status)
  }
}

function say(rule: Rule, heard: Value): Says {
  if (heard === null || isEmpty(heard)) return nothing('blank')
  const value = rule.values === null ? heard : translate(rule.values, heard)
  if (value === undefined) return silent('not_translated')
  if (value === null || isEmpty(value)) return nothing('mapped_to_null')
  return {
    says: 'value',
    value: typeof value === 'string' && rule.maxLength !== null ? cutText(value, rule.maxLength) : value,
  }
}

/** By the exact text of the value, each entry of a list by itself; undefined where the table lacks one. */
function translate(table: Record<string, Value>, heard: Exclude<Value, null>): Value | undefined {
  if (!Array.isArray(heard)) return lookUp(table, String(heard))
  const entries = heard.map((entry) => lookUp(table, entry))
  if (entries.includes(undefined)) return undefined
  return entries
    .filter((entry) => entry !== undefined && entry !== null)
    .flatMap((entry) => (Array.isArray(entry) ? entry : String(entry)))
}

function lookUp(table: Record<string, Value>, text: string): Value | undefined {
  return Object.hasOwn(table, text) ? table[text] : undefined
}

function nothing(why: string): Says {
  return { says: 'nothing', why }
}

function silent(why: string): Says {
  return { says: 'silent', why }
}
