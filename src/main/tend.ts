import { takeOverdue, takeUpParked } from '../analysis/index.ts'
import {
  claimDue as claimDueRuns,
  claimedRuns,
  closeSettled,
  dropExpiredPlans,
  goOnWithParked,
  runningBackfills,
} from '../backfill/index.ts'
import { dropUploads, selectJob, takeDueImports } from '../contacts/index.ts'
import { takeDuePulls } from '../conversations/index.ts'
import { transact } from '../db/index.ts'
import {
  analyse,
  contactBackfill,
  contactImport,
  pull,
  push,
  readBack,
  requestImport,
  retain,
  scheduled,
  takeUpSteps,
  trigger,
} from '../jobs.ts'
import type { Queue } from '../queue/index.ts'
import { markedConnections, unreadConnections } from '../sync/index.ts'
import { answerPushed, claimDue, wakeParked } from '../triggers/index.ts'
import type { WorkDeps } from './work.ts'

const hourMs = 3_600_000

/**
 * What one worker at a time looks after every few seconds: whatever waits in the database gets its job, should the one that was
 * sent have been lost, and what is out of date goes.
 */
export function tend(queue: Queue, deps: WorkDeps): void {
  const { db } = deps

  queue.tend('marks', async () => {
    for (const connection of await markedConnections(db, deps.paces, deps.now()))
      await queue.send(push, { connection }, { key: connection })
  })
  queue.tend('what was written', async () => {
    for (const connection of await unreadConnections(deps))
      await queue.send(readBack, { connection }, { key: connection })
  })
  queue.tend('parked analyses', async () => {
    await transact(db, async (trx) => {
      for (const parked of await takeUpParked(trx, deps)) await queue.send(analyse, parked, { trx })
    })
  })
  queue.tend('awaited analyses', async () => {
    await transact(db, async (trx) => {
      for (const overdue of await takeOverdue(trx, deps)) await queue.send(analyse, overdue, { trx })
    })
  })
  queue.tend('backfills', async () => {
    await goOnWithParked(deps)
    for (const backfill of await runningBackfills(db)) await takeUpSteps(queue, backfill)
  })
  queue.tend('schedules', async () => {
    await claimDueRuns(deps)
    for (const scheduleRunId of await claimedRuns(db, deps.now()))
      await queue.send(scheduled, { scheduleRunId }, { key: String(scheduleRunId) })
  })
  queue.tend('imports', async () => {
    for (const connection of await takeDueImports(db, deps.config.connections)) await requestImport(queue, connection)
  })
  queue.tend('contact jobs', async () => {
    await closeSettled(deps)
    for (const [kind, job] of [
      ['import', contactImport],
      ['backfill', contactBackfill],
    ] as const) {
      const { state, backfillId } = (await selectJob(db, kind)) ?? {}
      const isStarted = state === 'running' && backfillId !== null
      if ((state === 'queued' || state === 'running') && !isStarted) await queue.send(job, {}, { key: 'all' })
    }
    await dropUploads(db)
  })
  queue.tend('pulls', async () => {
    for (const account of await takeDuePulls(db, deps.config.retell))
      await queue.send(pull, { account }, { key: account })
  })
  queue.tend('triggers', async () => {
    await wakeParked(deps)
    await transact(db, async (trx) => {
      for (const requestId of await claimDue(trx, 25)) await queue.send(trigger, { requestId }, { trx })
    })
    await answerPushed(deps)
  })
  queue.tend('plans', () => dropExpiredPlans(db))
  let retainedAt = Number.NEGATIVE_INFINITY
  queue.tend('retention', async () => {
    if (performance.now() - retainedAt < hourMs) return
    await queue.send(retain, {}, { key: 'all' })
    retainedAt = performance.now()
  })
}
