import { z } from 'zod'

/** A field as it is stored and saved. */
export const fieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  kind: z.enum(['text', 'number', 'boolean', 'date', 'datetime', 'choice', 'choices']),
  writable: z.boolean(),
  unique: z.boolean(),
  maxLength: z.number().nullable(),
  isWhole: z.literal(true).optional(),
  options: z.array(z.string()).nullable(),
  scale: z.number().nullable(),
  required: z.boolean(),
  isNeeded: z.literal(true).optional(),
  isKey: z.literal(true).optional(),
  hasHistory: z.boolean(),
})
