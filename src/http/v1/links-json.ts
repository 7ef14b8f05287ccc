import { z } from '@hono/zod-openapi'
import type { Backfill } from '../../backfill/index.ts'

const counts = z.record(z.string(), z.number())

/** Conversations of a plan by whether they have a record, for one mapping. */
export const linksSchema = z.object({
  matched: z.number(),
  none: z.number(),
  parked: z.number(),
  created_at_most: z
    .number()
    .optional()
    .openapi({ description: 'records that may be created, for people whom the CRM does not have' }),
  steps: counts.optional().openapi({ description: 'those with a record, by the step that matched' }),
  fields: z.array(z.string()),
})

export function toLinksJson({
  createdAtMost,
  ...links
}: Backfill['estimate']['records'][string]): z.infer<typeof linksSchema> {
  return { ...links, ...(createdAtMost !== undefined && { created_at_most: createdAtMost }) }
}
