import { createRoute, z } from '@hono/zod-openapi'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals } from '../router.ts'
import { numberParams as params } from './schemas.ts'

const body = {
  content: { 'application/json': { schema: z.object({ reason: z.string().min(1).max(500).optional() }) } },
}
const undone = answers(
  'the run that undoes, and how many records it reaches',
  z.object({ run_id: z.number(), records: z.number() }),
)

const ofBackfill = createRoute({
  method: 'post',
  path: '/v1/backfills/{id}/undo',
  summary: 'Withdraws what a backfill has done, wherever nothing later decides',
  request: { params, body },
  responses: { 200: undone, ...refusals },
})

const ofRun = createRoute({
  method: 'post',
  path: '/v1/runs/{id}/undo',
  summary: 'Withdraws any run: a rerun, a backfill, or an undo, which brings back what it had undone',
  request: { params, body },
  responses: { 200: undone, ...refusals },
})

/** Undo is a run of its own, so it can be undone too. What is undone already: 409. */
export function undoRoutes(deps: Pick<HttpDeps, 'undoBackfill' | 'undoRun'>) {
  return createRouter()
    .openapi(ofBackfill, async (c) => {
      const { reason = `POST ${ofBackfill.path}` } = c.req.valid('json') ?? {}
      const input = { id: c.req.valid('param').id, actor: c.get('actor'), reason }
      const { runId, records } = await deps.undoBackfill(input)
      return c.json({ run_id: runId, records }, 200)
    })
    .openapi(ofRun, async (c) => {
      const { reason = `POST ${ofRun.path}` } = c.req.valid('json') ?? {}
      const input = { runId: c.req.valid('param').id, actor: c.get('actor'), reason }
      const { runId, records } = await deps.undoRun(input)
      return c.json({ run_id: runId, records }, 200)
    })
}
