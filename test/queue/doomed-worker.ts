import { createLog } from '../../src/log.ts'
import { createQueue } from '../../src/queue/index.ts'
import { lastingJob } from './lasting-job.ts'

/** A worker process to be killed: it takes a job, says so, and never ends it. */
const queue = await createQueue({ url: String(process.argv[2]), log: createLog('silent') }, [lastingJob])
queue.work(lastingJob, {}, async () => {
  process.stdout.write('at work\n')
  await new Promise(() => setInterval(() => undefined, 1_000))
})
await queue.start()
