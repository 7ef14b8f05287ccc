import { z } from '@hono/zod-openapi'
import type { RunCell } from '../sync/index.ts'

const wire = z.string().nullable()

/** What a run did to one CRM field of one record; before and after are equal where nothing was written. */
export const cellSchema = z.object({
  connection: z.string(),
  record: z.string(),
  field: z.string(),
  before: wire,
  after: wire,
  decision: z.string(),
  by: z.string().nullable(),
  why: z.string().nullable(),
  /** Of a cell that has moved since its plan: what the plan saw, and what it would have made of it. */
  planned: z.object({ before: wire, after: wire }).optional(),
})

export function toCellJson({
  connection,
  externalId,
  field,
  before,
  after,
  decision,
}: RunCell): z.infer<typeof cellSchema> {
  return {
    connection,
    record: externalId,
    field,
    before,
    after,
    decision: decision.decision,
    by: decision.by ?? null,
    why: decision.why ?? null,
    ...(decision.planned && { planned: decision.planned }),
  }
}
