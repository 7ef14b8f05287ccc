import { z } from 'zod'
import { tagSchema } from '../../contacts/index.ts'
import type { CrmField, FieldKind } from '../../crm/index.ts'
import type { CustomField, Rule } from '../../mapping/index.ts'

/** @see reference/retell.md 2.4; retell-sdk 5.66.1, resources/crm.ts */
export const customFieldSchema = z.object({
  name: z.string().min(1),
  type: z.enum(['string', 'number', 'boolean', 'date', 'datetime', 'enum']),
  label: z.string().optional(),
  description: z.string().optional(),
  options: z.array(z.string()).optional(),
})
export type RetellField = z.infer<typeof customFieldSchema>

export const analysisMappingSchema = z.object({
  field_name: z.string().min(1),
  analysis_data_name: z.string().min(1),
  update_mode: z.enum(['overwrite', 'fill_if_empty', 'merge']),
})
export type RetellMapping = z.infer<typeof analysisMappingSchema>

const tagsSchema = z
  .array(tagSchema)
  .max(1_000)
  .refine((tags) => new Set(tags.map(({ id }) => id)).size === tags.length, 'the same id twice')
  .refine((tags) => new Set(tags.map(({ label }) => label)).size === tags.length, 'the same label twice')

export const configUpdateSchema = z.object({
  app_id: z.string().nullish(),
  custom_fields: z.array(customFieldSchema).max(200).optional(),
  crm_analysis_data_mappings: z.array(analysisMappingSchema).max(200).optional(),
  contact_columns_order: z.array(z.string()).max(200).optional(),
  /** Null clears the list, not what contacts are tagged with. */
  contact_tags: tagsSchema.nullish(),
  contact_memory_update_prompt: z.string().max(2_000).nullish(),
})
export type ConfigUpdate = z.infer<typeof configUpdateSchema>

const kinds: Record<FieldKind, RetellField['type']> = {
  text: 'string',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  choice: 'enum',
  // Several of its options at once, which no type of theirs takes.
  choices: 'string',
}

/** A CRM's field, or one of ours, in their words. Pure. */
export function toRetellField({ name, label, kind, options }: CrmField): RetellField {
  const type = kinds[kind]
  return { name, type, ...(label !== name && { label }), ...(type === 'enum' && { options: options ?? [] }) }
}

/** A field of theirs as a mapping file declares it. Pure. */
export function toCustomField({ name, type, label, description, options = [] }: RetellField): CustomField {
  const isText = type === 'string' || type === 'enum'
  return {
    name,
    type: isText ? 'text' : type,
    // "ignored for every other type"
    ...(type === 'enum' && { options }),
    ...(label?.trim() && { label }),
    ...(description?.trim() && { description }),
  }
}

/** A rule in their words; null for one that says more than they can: several items, a fact, a template, another mode. Pure. */
export function toRetellMapping(rule: Rule): RetellMapping | null {
  const { from, template, mode, field: field_name } = rule
  const [analysis_data_name, ...others] = from
  if (template !== undefined || others.length > 0 || !analysis_data_name || analysis_data_name.startsWith('$'))
    return null
  const said = analysisMappingSchema.safeParse({ field_name, analysis_data_name, update_mode: mode })
  return said.data ?? null
}
