import { createRoute, z } from '@hono/zod-openapi'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, retellRefusals } from '../router.ts'

const jobSchema = z
  .object({
    status: z.enum(['queued', 'running', 'idle']),
    start_timestamp: z.number().optional(),
    triggered_by: z.enum(['manual', 'cron']).optional(),
  })
  .openapi('JobStatus')

const run = createRoute({
  method: 'post',
  path: '/run-sync-job',
  summary: 'Imports the records of every CRM connection; answers at once',
  responses: { 201: answers('the import waits for a worker', jobSchema), ...retellRefusals },
})

/** @see reference/retell.md 2.4 */
export function syncJobRoutes(deps: Pick<HttpDeps, 'requestImport'>) {
  return createRouter().openapi(run, async (c) => {
    await deps.requestImport()
    return c.json({ status: 'queued' as const, start_timestamp: Date.now(), triggered_by: 'manual' as const }, 201)
  })
}
