import type { FieldKind } from '../../crm/index.ts'
import type { Rule, Value } from '../../mapping/index.ts'

/** What a rule writes for what `values` does not name; null where it says nothing of that. */
export function defaultOf(rule: Rule): { value: Value } | null {
  if (!('default' in rule) || rule.default === undefined) return null
  return { value: rule.default as Value }
}

/** The fields that can hold what a mode makes of several answers; any field where it is not listed. ENGINE.md section 1. */
const fieldsOfMode: Partial<Record<string, readonly FieldKind[]>> = {
  max: ['number', 'date', 'datetime'],
  min: ['number', 'date', 'datetime'],
  any: ['boolean'],
  union: ['choices'],
  count: ['number'],
  merge: ['text'],
}

export function fieldsFor(mode: string): readonly FieldKind[] | null {
  return fieldsOfMode[mode] ?? null
}
