import { createRoute, z } from '@hono/zod-openapi'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter } from '../router.ts'

const health = createRoute({
  method: 'get',
  path: '/health',
  summary: 'Whether the process answers',
  security: [],
  responses: { 200: answers('it does', z.object({ status: z.literal('ok') })) },
})

const readySchema = z.object({ status: z.enum(['ready', 'not ready']), missing: z.array(z.string()) })

const ready = createRoute({
  method: 'get',
  path: '/ready',
  summary: 'Whether it can do its work: the database answers and has every migration',
  security: [],
  responses: { 200: answers('it can', readySchema), 503: answers('it cannot, and what is missing', readySchema) },
})

/** For whoever watches the process; both answer without a key. */
export function healthRoutes(deps: Pick<HttpDeps, 'findMissing'>) {
  return createRouter()
    .openapi(health, (c) => c.json({ status: 'ok' as const }, 200))
    .openapi(ready, async (c) => {
      const missing = await deps.findMissing().catch(() => ['database'])
      if (missing.length > 0) return c.json({ status: 'not ready' as const, missing }, 503)
      return c.json({ status: 'ready' as const, missing }, 200)
    })
}
