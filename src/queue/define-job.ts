import type { z } from 'zod'

/**
 * What jobs of one name have in common.
 * Policies, each per key: `standard` any number, waiting or running · `stately` one waiting and one running ·
 * `exclusive` one, waiting or running.
 */
export type JobDefinition<Payload extends object = object> = {
  name: string
  /** Ids, never content: jobs outlive the erasure of what they name. */
  payload: z.ZodType<Payload>
  policy: 'standard' | 'stately' | 'exclusive'
  retryLimit: number
  /** Before the first retry; it doubles with each, up to five minutes. */
  retryDelaySeconds: number
  /** How long a job may go without a sign of life from its worker's process; pg-boss takes 10 or more. */
  heartbeatSeconds: number
  /** The name under which jobs are kept that have failed for good. */
  deadLetter: string | null
}

const usual = {
  policy: 'standard',
  retryLimit: 10,
  retryDelaySeconds: 2,
  heartbeatSeconds: 10,
  deadLetter: null,
} as const

/** A definition with everything unsaid as usual: `standard`, ten retries from two seconds on, heartbeat of ten. */
export function defineJob<Payload extends object>(
  job: Pick<JobDefinition<Payload>, 'name' | 'payload'> & Partial<JobDefinition<Payload>>,
): JobDefinition<Payload> {
  return { ...usual, ...job }
}
