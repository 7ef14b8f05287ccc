import type { AgentItems } from '../../agents/index.ts'
import type { CrmField, FieldDraft } from '../../crm/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { agentsOf, itemsOf } from '../check/answers.ts'
import { fieldForRule } from './field-for-rule.ts'

/** The fields that these mappings write and their object lacks, each once, in the order of the files. Pure. */
export function missingFields(
  object: string,
  mappings: readonly Mapping[],
  fields: readonly CrmField[],
  agents: readonly AgentItems[],
): FieldDraft[] {
  const there = new Set(fields.map(({ name }) => name))
  const drafts = mappings.flatMap((mapping) => {
    const items = itemsOf(agentsOf(mapping, agents))
    return mapping.rules.flatMap((rule): FieldDraft[] => {
      const description = rule.description ?? `Written by Afterword from ${rule.from.join(', ')}`
      const about = (name: string) => ({ object, name, label: labelOf(name), isUnique: false })
      const { at, link } = rule.stamp ?? {}
      return [
        { ...about(rule.field), description, ...fieldForRule(rule, items) },
        ...(at
          ? [
              {
                ...about(at),
                description: `When ${rule.field} was said`,
                kind: 'datetime' as const,
                options: null,
                isLong: false,
              },
            ]
          : []),
        ...(link
          ? [
              {
                ...about(link),
                description: `Where ${rule.field} was said`,
                kind: 'text' as const,
                options: null,
                isLong: false,
              },
            ]
          : []),
      ]
    })
  })
  const missing = drafts.filter(({ name }) => !there.has(name))
  const named = new Map(missing.toReversed().map((draft) => [draft.name, draft]))
  return [...named.values()].toReversed()
}

/** `last_call_summary` is labelled `Last call summary`, and `Last_Call__c` `Last Call`. */
function labelOf(name: string): string {
  const words = name.replace(/__c$/, '').replaceAll('_', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
