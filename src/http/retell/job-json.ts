import { z } from '@hono/zod-openapi'
import type { ContactJob } from '../../contacts/index.ts'

export const contactJobSchema = z
  .object({
    status: z.enum(['queued', 'running', 'idle']),
    start_timestamp: z.number().optional(),
    succeeded: z.number().optional(),
    failed: z.number().optional(),
    triggered_by: z.enum(['manual', 'cron']).optional(),
    problems: z
      .array(z.object({ line: z.number(), message: z.string() }))
      .optional()
      .openapi({ description: 'ours: the first hundred rows of a file that were left out, and why' }),
    reason: z.string().optional().openapi({ description: 'ours: why it ended before its end' }),
  })
  .openapi('ContactJobStatus')

/** A job as the source product tells of it; one that has ended, or never was, is idle. */
export function toJobJson(job: ContactJob | undefined): z.infer<typeof contactJobSchema> {
  if (job === undefined) return { status: 'idle' }
  const { state, succeeded, failed, problems, why, askedAt } = job
  return {
    status: state === 'queued' || state === 'running' ? state : 'idle',
    start_timestamp: askedAt.getTime(),
    succeeded,
    failed,
    triggered_by: 'manual',
    ...(problems.length > 0 && { problems }),
    ...(why !== null && { reason: why }),
  }
}
