import { z } from '@hono/zod-openapi'
import type { FailureGroup, RunCell } from '../sync/index.ts'

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
  /** Of what the CRM refused: its code for that kind of refusal. */
  code: z.string().optional(),
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
    ...(decision.code !== undefined && { code: decision.code }),
    ...(decision.planned && { planned: decision.planned }),
  }
}

/** What could not be written for one reason, with one example; no values. */
export const failureSchema = z
  .object({
    connection: z.string(),
    decision: z.enum(['rejected', 'contested']),
    reason: z.string(),
    cells: z.number(),
    example: z.object({ record: z.string(), field: z.string() }),
  })
  .openapi('Failure')

export function toFailureJson({ example, ...group }: FailureGroup): z.infer<typeof failureSchema> {
  return { ...group, example: { record: example.externalId, field: example.field } }
}
