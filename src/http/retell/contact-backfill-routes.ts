import { createRoute, z } from '@hono/zod-openapi'
import type { ContactBackfillStatus } from '../../backfill/index.ts'
import type { HttpDeps } from '../deps.ts'
import { readFilter } from '../read-filter.ts'
import { answers, createRouter, retellRefusals, takes } from '../router.ts'
import { contactJobSchema } from './job-json.ts'

const askedSchema = z
  .strictObject({
    backfill_attributes: z.array(z.string().min(1).max(100)).min(1).max(200),
    backfill_call_filter: z
      .strictObject({ agent: z.array(z.unknown()).optional(), start_timestamp: z.unknown().optional() })
      .optional()
      .openapi({ description: 'conversations of these agents, in this time' }),
  })
  .openapi('ContactBackfill')

const ask = createRoute({
  method: 'post',
  path: '/backfill-contact-analysis-data',
  summary: 'Stored analyses go through the rules of these contact fields once more; one backfill at a time',
  request: { body: takes(askedSchema) },
  responses: { 201: answers('how it stands', contactJobSchema), ...retellRefusals },
})

const status = createRoute({
  method: 'get',
  path: '/get-backfill-contact-job-status',
  summary: 'How the newest backfill of contact fields stands',
  responses: { 200: answers('how it stands', contactJobSchema), ...retellRefusals },
})

/** @see reference/retell.md 2.3 */
export function contactBackfillRoutes(deps: Pick<HttpDeps, 'askContactBackfill' | 'contactBackfillStatus'>) {
  return createRouter()
    .openapi(ask, async (c) => {
      const { backfill_attributes: fields, backfill_call_filter: given } = c.req.valid('json')
      const filter = readFilter('backfill_call_filter', given ?? {})
      const job = await deps.askContactBackfill({ fields, filter, actor: c.get('actor') })
      return c.json(toJson(job), 201)
    })
    .openapi(status, async (c) => c.json(toJson(await deps.contactBackfillStatus()), 200))
}

function toJson(job: ContactBackfillStatus | undefined): z.infer<typeof contactJobSchema> {
  if (job === undefined) return { status: 'idle' }
  const { state, askedAt, succeeded, failed, why } = job
  const counts = { start_timestamp: askedAt.getTime(), succeeded, failed, triggered_by: 'manual' as const }
  return { status: state, ...counts, ...(why !== null && { reason: why }) }
}
