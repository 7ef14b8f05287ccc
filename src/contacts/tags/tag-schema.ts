import { z } from 'zod'

/** The id of a tag: 32 hex digits. */
export const tagIdSchema = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hex digits')

export const tagLabelSchema = z
  .string()
  .max(40)
  .regex(/\S/, 'must not be blank')
  .refine((text) => !text.includes('\0'), 'must not contain a NUL character')

/** A word that contacts are tagged with. @see reference/retell.md 1.7 */
export const tagSchema = z.object({ id: tagIdSchema, label: tagLabelSchema })
export type Tag = z.infer<typeof tagSchema>
