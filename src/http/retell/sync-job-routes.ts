import { createRoute, z } from '@hono/zod-openapi'
import type { ImportStatus } from '../../contacts/index.ts'
import { AppError } from '../../errors.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, retellRefusals } from '../router.ts'

const jobSchema = z
  .object({
    status: z.enum(['queued', 'running', 'idle']),
    start_timestamp: z.number().optional(),
    succeeded: z.number().optional(),
    failed: z.number().optional(),
    triggered_by: z.enum(['manual', 'cron']).optional(),
  })
  .openapi('JobStatus')

const run = createRoute({
  method: 'post',
  path: '/run-sync-job',
  summary: 'Imports all records of every CRM connection; answers at once, and 400 while one is under way',
  responses: { 201: answers('the import waits for a worker', jobSchema), ...retellRefusals },
})

const status = createRoute({
  method: 'get',
  path: '/get-sync-job-status',
  summary: 'How the import from CRMs stands; idle, with the counts of the last one, where none is under way',
  responses: { 200: answers('where it stands', jobSchema), ...retellRefusals },
})

/** @see reference/retell.md 2.4 */
export function syncJobRoutes(deps: Pick<HttpDeps, 'requestImport' | 'importStatus'>) {
  return createRouter()
    .openapi(run, async (c) => {
      if (!(await deps.requestImport())) throw underWay()
      return c.json(toJson(await deps.importStatus()), 201)
    })
    .openapi(status, async (c) => c.json(toJson(await deps.importStatus()), 200))
}

function toJson({ status, startedAt, byHand, read, leftOut }: ImportStatus): z.infer<typeof jobSchema> {
  return {
    status,
    ...(startedAt !== null && { start_timestamp: startedAt.getTime(), succeeded: read - leftOut, failed: leftOut }),
    ...(status !== 'idle' && { triggered_by: byHand ? ('manual' as const) : ('cron' as const) }),
  }
}

/** The source product rejects it with 400, and its SDK repeats a 409. */
function underWay(): AppError {
  const message = 'A sync job is already running: get-sync-job-status tells how far it is.'
  return new AppError('import.running', 'skip', message, { status: 400 })
}
