import { createRoute, z } from '@hono/zod-openapi'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals } from '../router.ts'
import { numberParams as params } from './schemas.ts'

const retried = answers(
  'how many records are pushed again; 0 where nothing was refused',
  z.object({ run_id: z.number(), records: z.number() }),
)

const ofBackfill = createRoute({
  method: 'post',
  path: '/v1/backfills/{id}/retry',
  summary: 'Tries again what a CRM refused of a backfill, once what was in the way is mended',
  request: { params },
  responses: { 200: retried, ...refusals },
})

const ofRun = createRoute({
  method: 'post',
  path: '/v1/runs/{id}/retry',
  summary: 'Tries again what a CRM refused of a run',
  request: { params },
  responses: { 200: retried, ...refusals },
})

/** Of a run that is undone, or a backfill that has not started: 409. */
export function retryRoutes(deps: Pick<HttpDeps, 'retryRun' | 'retryBackfill'>) {
  return createRouter()
    .openapi(ofBackfill, async (c) => {
      const input = { id: c.req.valid('param').id, actor: c.get('actor') }
      const { runId, records } = await deps.retryBackfill(input)
      return c.json({ run_id: runId, records }, 200)
    })
    .openapi(ofRun, async (c) => {
      const input = { runId: c.req.valid('param').id, actor: c.get('actor') }
      const { runId, records } = await deps.retryRun(input)
      return c.json({ run_id: runId, records }, 200)
    })
}
