import { createRoute, z } from '@hono/zod-openapi'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals } from '../router.ts'

const usd = z.number().nullable()
const at = z.iso.datetime()

const spendingSchema = z
  .object({
    scopes: z.array(
      z.object({
        scope: z.string(),
        period: z.enum(['day', 'month', 'total']),
        starts_on: z.string(),
        cap_usd: usd,
        spent_usd: z.number(),
        reserved_usd: z.number(),
        left_usd: usd,
        resets_at: at.nullable(),
      }),
    ),
    parked_analyses: z.array(z.object({ code: z.string(), analyses: z.number(), since: at, retry_at: at })),
    parked_backfills: z.array(z.object({ id: z.number(), since: at, until: at.nullable(), why: z.string() })),
  })
  .openapi('Spending')

const get = createRoute({
  method: 'get',
  path: '/v1/spending',
  summary:
    'What is spent on models in the current day and month (UTC), under which limits, and what waits because of them',
  responses: {
    200: answers('limits and spending by scope; cap_usd is null where nothing limits it', spendingSchema),
    ...refusals,
  },
})

export function spendingRoutes(deps: Pick<HttpDeps, 'reportSpending'>) {
  return createRouter().openapi(get, async (c) => c.json(toJson(await deps.reportSpending()), 200))
}

type Report = Awaited<ReturnType<HttpDeps['reportSpending']>>

function toJson({ scopes, parkedAnalyses, parkedBackfills }: Report): z.infer<typeof spendingSchema> {
  return {
    scopes: scopes.map((each) => ({
      scope: each.scope,
      period: each.period,
      starts_on: each.startsOn,
      cap_usd: each.capUsd,
      spent_usd: each.spentUsd,
      reserved_usd: each.reservedUsd,
      left_usd: each.leftUsd,
      resets_at: each.resetsAt?.toISOString() ?? null,
    })),
    parked_analyses: parkedAnalyses.map(({ code, analyses, since, retryAt }) => ({
      code,
      analyses,
      since: since.toISOString(),
      retry_at: retryAt.toISOString(),
    })),
    parked_backfills: parkedBackfills.flatMap(({ id, parked }) =>
      parked
        ? [{ id, since: parked.since.toISOString(), until: parked.until?.toISOString() ?? null, why: parked.why }]
        : [],
    ),
  }
}
