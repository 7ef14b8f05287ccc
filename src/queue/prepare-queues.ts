import type { PgBoss } from 'pg-boss'
import type { JobDefinition } from './define-job.ts'

/** What a finished job says is in the log; its row only has to outlive a day's questions. */
const kept = { deleteAfterSeconds: 86_400 }
/** Only a hung job runs into this: that of a dead worker is noticed by its lock or its heartbeat. */
const patience = { expireInSeconds: 3_600 }

/** Creates what is missing and brings the rest to what the definitions say; a policy, once created, stays. Twice is safe. */
export async function prepareQueues(boss: PgBoss, definitions: JobDefinition[]): Promise<void> {
  const graveyards = new Set(definitions.flatMap(({ deadLetter }) => deadLetter ?? []))
  for (const name of graveyards) await boss.createQueue(name)
  for (const job of definitions) {
    const settings = {
      retryLimit: job.retryLimit,
      retryDelay: job.retryDelaySeconds,
      retryBackoff: true,
      retryDelayMax: 300,
      heartbeatSeconds: job.heartbeatSeconds,
      notify: true,
      ...kept,
      ...patience,
    }
    await boss.createQueue(job.name, { policy: job.policy })
    await boss.updateQueue(job.name, { ...settings, deadLetter: job.deadLetter })
  }
}
