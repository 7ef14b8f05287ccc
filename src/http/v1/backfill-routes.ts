import { createRoute, z } from '@hono/zod-openapi'
import { AppError } from '../../errors.ts'
import type { HttpDeps } from '../deps.ts'
import { readFilter } from '../read-filter.ts'
import { answers, createRouter, refusals, takes } from '../router.ts'
import { backfillSchema, toBackfillJson } from './backfill-json.ts'
import { canaryBody, readCanary } from './canary-json.ts'
import { guardsBody, maxCostSchema, readGuards } from './guards-json.ts'
import { laneBody, readLane } from './lane-json.ts'
import { numberParams as params, reasonSchema } from './schemas.ts'
import { statusSchema, toStatusJson } from './status-json.ts'

const concurrencySchema = z.int().min(1).max(256)

const plan = createRoute({
  method: 'post',
  path: '/v1/backfills',
  summary:
    'Plans a rerun over a filter: freezes what is selected and with what it is done, and estimates; starts it only if asked. With `mapping_only` no model is asked and the plan is exact: the answer comes when the CRMs have been read, about 500 records a second',
  request: {
    body: takes(
      z.object({
        filter: z
          .unknown()
          .openapi({ type: 'object', example: { agent: 'agent_sales', start_timestamp: { ge: '2026-10-01' } } }),
        reason: reasonSchema,
        concurrency: concurrencySchema.optional(),
        start: z.boolean().default(false),
        mapping_only: z.boolean().default(false),
        mapping: z.string().min(1).optional(),
        fields: z.array(z.string().min(1)).min(1).optional(),
        ...guardsBody,
        ...laneBody,
        canary: canaryBody.optional(),
      }),
    ),
  },
  responses: { 201: answers('the backfill, planned or running', backfillSchema), ...refusals },
})

const list = createRoute({
  method: 'get',
  path: '/v1/backfills',
  summary: 'The newest backfills',
  responses: { 200: answers('newest first', z.object({ items: z.array(backfillSchema) })), ...refusals },
})

const get = createRoute({
  method: 'get',
  path: '/v1/backfills/{id}',
  summary: 'How far a backfill is',
  request: { params },
  responses: { 200: answers('from counters kept with what they count', statusSchema), ...refusals },
})

const change = createRoute({
  method: 'patch',
  path: '/v1/backfills/{id}',
  summary:
    'Changes how many conversations a backfill analyses at a time and what it may cost in all, also while it runs: within a second; one that stood still for its cost goes on',
  request: {
    params,
    body: takes(
      z
        .strictObject({ concurrency: concurrencySchema.optional(), max_cost_usd: maxCostSchema.nullable().optional() })
        .refine((body) => Object.keys(body).length > 0, 'say `concurrency`, `max_cost_usd` or both'),
    ),
  },
  responses: { 200: answers('the backfill as it is now', backfillSchema), ...refusals },
})

type Deps = Pick<
  HttpDeps,
  | 'planBackfill'
  | 'startBackfill'
  | 'setSpeed'
  | 'setMaxCost'
  | 'listBackfills'
  | 'backfillStatus'
  | 'reportBackfill'
  | 'reportChanges'
>

export function backfillRoutes(deps: Deps) {
  return createRouter()
    .openapi(plan, async (c) => {
      const { filter, reason, concurrency, start, mapping_only, mapping, fields, canary, lane, deadline, ...guards } =
        c.req.valid('json')
      if (!mapping_only && (mapping !== undefined || fields !== undefined))
        throw new AppError('request.invalid', 'skip', '`mapping` and `fields` go with `mapping_only`', { status: 400 })
      const actor = c.get('actor')
      const input = {
        filter: readFilter('filter', filter),
        reason,
        actor,
        ...readGuards(guards),
        ...readCanary(canary),
        ...readLane({ lane, deadline }, new Date()),
      }
      const only = { ...(mapping !== undefined && { mapping }), ...(fields !== undefined && { fields }) }
      const planned = await deps.planBackfill(
        { ...input, ...(concurrency !== undefined && { concurrency }), ...(mapping_only && { mappingOnly: only }) },
        c.req.raw.signal,
      )
      return c.json(toBackfillJson(start ? await deps.startBackfill({ id: planned.id, actor }) : planned), 201)
    })
    .openapi(list, async (c) => c.json({ items: (await deps.listBackfills()).map(toBackfillJson) }, 200))
    .openapi(get, async (c) => c.json(toStatusJson(await deps.backfillStatus(c.req.valid('param').id)), 200))
    .openapi(change, async (c) => {
      const { id } = c.req.valid('param')
      const { concurrency, max_cost_usd: maxCostUsd } = c.req.valid('json')
      const actor = c.get('actor')
      if (concurrency !== undefined) await deps.setSpeed({ id, concurrency, actor })
      if (maxCostUsd !== undefined) await deps.setMaxCost({ id, maxCostUsd, actor })
      return c.json(toBackfillJson((await deps.backfillStatus(id)).backfill), 200)
    })
}
