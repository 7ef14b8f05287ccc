import { factNamed } from './facts.ts'
import { formatted } from './format.ts'
import { answeringItem, hearItem, saidOf } from './hear-item.ts'
import { alternatives } from './read-template.ts'
import { renderTemplate } from './render-template.ts'
import { nothing } from './says.ts'
import type { FieldValue, Rule, Says, Spoken } from './types.ts'

/**
 * What a conversation says to a rule with a template. Pure. Only names that the text depends on count: what stands in a
 * section that stays out is not looked at.
 *
 * - `silent` where one of them was not asked or has no trustworthy answer, or does not fit its format: a failed rerun never
 *   takes a part out of a text.
 * - `nothing` where the template names items and none of those looked at was found (facts alone make no value), or where
 *   the text is blank.
 * - else the text, with blanks for what was asked and not said.
 */
export function hearTemplate(
  rule: Rule & { template: string },
  spoken: Spoken,
  fields: Record<string, FieldValue>,
): Says {
  const { formats = {} } = rule
  const facts: Says[] = []
  const items: Says[] = []
  const text = renderTemplate(rule.template, (tag) => {
    const names = alternatives(tag)
    const fact = factNamed(names[0])
    const answering = fact ?? answeringItem(names, fields, rule.unverified)
    const format = answering !== undefined && Object.hasOwn(formats, answering) ? formats[answering] : undefined
    const said = formatted(fact ? saidOf(spoken.facts[fact]) : hearItem(names, fields, rule.unverified), format)
    ;(fact ? facts : items).push(said)
    return said.says === 'value' ? said.value : null
  })
  const unknown = [...items, ...facts].find(({ says }) => says === 'silent')
  if (unknown !== undefined) return unknown
  const namesItems = rule.from.some((name) => factNamed(name) === null)
  if (namesItems && !items.some(({ says }) => says === 'value')) return items[0] ?? nothing('blank')
  return saidOf(text.trim())
}
