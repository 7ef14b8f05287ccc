import { z } from 'zod'
import type { FieldKind } from '../../crm/index.ts'

/** What of a stored rule says which values its field takes. */
export const definitionSchema = z.looseObject({
  mode: z.string().optional(),
  from: z.array(z.string()).nullish(),
  values: z.record(z.string(), z.unknown()).nullish(),
  type: z.enum(['text', 'number', 'boolean', 'date', 'datetime', 'list']).nullish(),
  options: z.array(z.string()).nullish(),
  stamp: z.looseObject({ at: z.string().optional(), link: z.string().optional() }).nullish(),
})

export type Definition = z.infer<typeof definitionSchema>
export type FieldType = { kind: FieldKind; options: string[] | null }

/**
 * What a custom field holds by the rule that writes it: as `type` and `options` say, else what the mode or the fact makes of
 * it, else text. Pure.
 */
export function fieldType(definition: Definition): FieldType {
  const options = definition.options ?? null
  const kind = kindOf(definition)
  if (options === null) return { kind, options }
  return { kind: kind === 'choices' ? 'choices' : 'choice', options }
}

function kindOf({ type, mode, from, values }: Definition): FieldKind {
  if (type) return type === 'list' ? 'choices' : type
  if (mode === 'count') return 'number'
  if (mode === 'any') return 'boolean'
  if (mode === 'union') return 'choices'
  const told = translated(Object.values(values ?? {})) ?? factKinds.get(from?.[0] ?? '')
  return told ?? (mode === 'max' || mode === 'min' ? 'number' : 'text')
}

const factKinds = new Map<string, FieldKind>([
  ['$ended_at', 'datetime'],
  ['$duration_s', 'number'],
])

/** What a table of values writes, where all of it is of one kind. */
function translated(values: readonly unknown[]): FieldKind | null {
  const written = values.filter((value) => value !== null)
  if (written.length === 0) return null
  if (written.every((value) => typeof value === 'number')) return 'number'
  if (written.every((value) => typeof value === 'boolean')) return 'boolean'
  return written.every(Array.isArray) ? 'choices' : 'text'
}
