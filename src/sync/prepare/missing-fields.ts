import type { AgentItems } from '../../agents/index.ts'
import type { CrmField, FieldDraft, FieldKind } from '../../crm/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { agentsOf, itemsOf } from '../check/answers.ts'
import { fieldForRules } from './field-for-rules.ts'

/** The fields that these mappings write, or know new records by, and their object lacks, each once, in the order of the files. Pure. */
export function missingFields(
  object: string,
  mappings: readonly Mapping[],
  fields: readonly CrmField[],
  agents: readonly AgentItems[],
): FieldDraft[] {
  const there = new Set(fields.map(({ name }) => name))
  const written = mappings.flatMap((mapping) => {
    const items = itemsOf(agentsOf(mapping, agents))
    return mapping.rules.map((rule) => ({ rule, items }))
  })
  const drafts = [...Map.groupBy(written, ({ rule }) => rule.field)].flatMap(([field, sharing]): FieldDraft[] => {
    const [first, ...others] = sharing
    if (!first) return []
    const about = (name: string) => ({ object, name, label: labelOf(name), isUnique: false })
    const stamp = (name: string | undefined, kind: FieldKind, what: string): FieldDraft[] =>
      name === undefined
        ? []
        : [{ ...about(name), description: `${what} ${field} was said`, kind, options: null, isLong: false }]
    const from = [...new Set(sharing.flatMap(({ rule }) => rule.from))]
    const [own = `Written by Afterword from ${from.join(', ')}`] = sharing.flatMap(({ rule }) => rule.description ?? [])
    // Rules that share a field have one stamp.
    const { at, link } = first.rule.stamp ?? {}
    return [
      { ...about(field), description: own, ...fieldForRules(first, others) },
      ...stamp(at, 'datetime', 'When'),
      ...stamp(link, 'text', 'Where'),
    ]
  })
  const keys = mappings.flatMap((mapping) => keyOf(object, mapping))
  const wanted = [...new Map([...drafts, ...keys].map((draft) => [draft.name, draft])).values()]
  return wanted.filter(({ name }) => !there.has(name))
}

/** The key of records that a mapping creates. */
function keyOf(object: string, { create }: Mapping): FieldDraft[] {
  if (create === undefined) return []
  const what = create.by === 'number' ? 'number (E.164)' : 'e-mail'
  return [
    {
      object,
      name: create.key,
      label: labelOf(create.key),
      description: `The ${what} of a record that Afterword has created: never two with the same.`,
      kind: 'text',
      options: null,
      isLong: false,
      isUnique: true,
    },
  ]
}

/** `last_call_summary` is labelled `Last call summary`, and `Last_Call__c` `Last Call`. */
function labelOf(name: string): string {
  const words = name.replace(/__c$/, '').replaceAll('_', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
