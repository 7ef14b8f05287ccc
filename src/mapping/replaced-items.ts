import { factNamed } from './facts.ts'
import { templateNames } from './read-template.ts'
import type { Rule } from './types.ts'

/**
 * The items of a rule whose answers give way where a person has corrected these: with each all that stand in for it, or
 * another would come before it. The other parts of a template stay as the analysis has them. Pure.
 */
export function replacedItems({ from, template }: Rule, corrected: readonly string[]): string[] {
  const groups = template === undefined ? [from] : templateNames(template)
  return groups.filter((names) => names.some((name) => corrected.includes(name))).flat()
}

/** The items that a rule names: what it says may follow each of them, by its value or by its condition. Pure. */
export function itemsNamed({ from, when }: Rule): string[] {
  const read = (when?.conditions ?? []).flatMap((condition) =>
    condition.field === 'custom_analysis_data' ? [condition.key] : [],
  )
  return [...from, ...read]
}

/** Whether an analysis still has a part in what the rule says, with these items replaced. Pure. */
export function needsAnalysis({ from }: Rule, replaced: readonly string[]): boolean {
  return from.some((name) => factNamed(name) === null && !replaced.includes(name))
}
