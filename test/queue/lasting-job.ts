import { z } from 'zod'
import { defineJob } from '../../src/queue/index.ts'

/** The retry delay and the heartbeat are long, so that whoever restarts it soon did not wait for either. */
export const lastingJob = defineJob({
  name: 'test.lasting',
  payload: z.object({ id: z.string() }),
  policy: 'stately',
  retryDelaySeconds: 60,
  heartbeatSeconds: 60,
})
