import { createRoute, z } from '@hono/zod-openapi'
import type { BackfillPlan } from '../../backfill/index.ts'
import type { PlannedField } from '../../sync/index.ts'
import { cellSchema } from '../cell-json.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals } from '../router.ts'
import { backfillSchema, toBackfillJson } from './backfill-json.ts'
import { numberParams as params } from './schemas.ts'
import { activityCounts } from './status-json.ts'

const counts = z.record(z.string(), z.number())

const planCell = cellSchema.omit({ connection: true, record: true, planned: true }).extend({ rule: z.string() })

const planSchema = z
  .object({
    backfill_id: z.number(),
    digest: z.string().nullable(),
    made_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    records: z.number(),
    changes: z.number(),
    decisions: z.record(z.string(), counts),
    activities: z
      .record(z.string(), activityCounts)
      .openapi({ description: 'conversations logged on records, per connection' }),
    creations: z.record(z.string(), z.object({ records: z.number(), cells: z.number() })).openapi({
      description: 'records that would be created, and how many of the changes are theirs, per connection',
    }),
    stay_out: z.number(),
    calls: z.object({ read: z.number(), history: z.number() }),
    items: z.array(
      z.object({
        connection: z.string(),
        record: z.string(),
        contact: z.string().nullable(),
        match: z.array(z.string()),
        stay_out: z.number(),
        cells: z.array(planCell),
      }),
    ),
    created: z
      .array(
        z.object({
          connection: z.string(),
          conversations: z.array(z.string()),
          begins_with: z.record(z.string(), z.string().nullable()),
          cells: z.array(planCell),
        }),
      )
      .openapi({ description: 'records that would be created, behind all others' }),
    next: z.number().nullable().openapi({ description: 'below 0 among records that would be created' }),
  })
  .openapi('BackfillPlan')

const read = createRoute({
  method: 'get',
  path: '/v1/backfills/{id}/plan',
  summary:
    'The exact plan of a backfill with `mapping_only`: per record and field what stands there and what would, and why',
  request: {
    params,
    query: z.object({
      after: z.coerce.number().pipe(z.int()).default(0),
      limit: z.coerce.number().pipe(z.int().min(1).max(1_000)).default(100),
    }),
  },
  responses: { 200: answers('a page of its records; `next` is the `after` of the next one', planSchema), ...refusals },
})

const replan = createRoute({
  method: 'post',
  path: '/v1/backfills/{id}/replan',
  summary: 'Plans a backfill once more, with the prompts and rules of now: a new plan, not started',
  request: { params },
  responses: { 201: answers('the new backfill', backfillSchema), ...refusals },
})

export function planRoutes(deps: Pick<HttpDeps, 'readBackfillPlan' | 'replanBackfill'>) {
  return createRouter()
    .openapi(read, async (c) => {
      const { after, limit } = c.req.valid('query')
      return c.json(toPlanJson(await deps.readBackfillPlan({ id: c.req.valid('param').id, after, most: limit })), 200)
    })
    .openapi(replan, async (c) => {
      const input = { id: c.req.valid('param').id, actor: c.get('actor') }
      return c.json(toBackfillJson(await deps.replanBackfill(input, c.req.raw.signal)), 201)
    })
}

function toPlanJson({ backfill, plan, rows, creations, next }: BackfillPlan): z.infer<typeof planSchema> {
  const { digest, totals, madeAt, expiresAt } = plan
  return {
    backfill_id: backfill.id,
    digest,
    made_at: madeAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    records: totals.records,
    changes: totals.changes,
    decisions: totals.decisions,
    activities: totals.activities ?? {},
    creations: totals.creations ?? {},
    stay_out: totals.stayOut,
    calls: totals.calls,
    items: rows.map((row) => ({
      connection: row.connection,
      record: row.externalId,
      contact: row.contactId === null ? null : `contact_${row.contactId}`,
      match: row.steps,
      stay_out: row.stayOut,
      cells: row.cells.map(toPlanCellJson),
    })),
    created: creations.map(({ connection, conversationIds, created, cells }) => {
      return { connection, conversations: conversationIds, begins_with: created, cells: cells.map(toPlanCellJson) }
    }),
    next,
  }
}

function toPlanCellJson({ field, before = null, after = null, decision }: PlannedField): z.infer<typeof planCell> {
  const { decision: kind, by = null, why = null, rule } = decision
  return { field, before, after, decision: kind, by, why, rule }
}
