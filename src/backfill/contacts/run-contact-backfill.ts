import { type ContactJob, endJob, noteBackfill, ownConnection, selectJob, takeUpJob } from '../../contacts/index.ts'
import { transact, withLock } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { Filter } from '../../filters/index.ts'
import type { Model } from '../../model/index.ts'
import type { PlanDeps } from '../../sync/index.ts'
import type { BackfillAnnouncements } from '../announcements.ts'
import { planBackfill } from '../plan-backfill.ts'
import { startBackfill } from '../start-backfill.ts'
import { getBackfill } from '../store.ts'
import type { Blast } from '../warn-of-blast.ts'

/** Taken up so often without being started, it never will. */
const mostTries = 10

/**
 * Plans and starts the backfill of contact fields that waits; from then on it is a backfill like others, with a report and an undo. Once it is planned, whoever takes the
 * job up after a crash starts that plan, or a new one where prompts or rules have changed since. Where nothing is selected it has
 * nothing to do, and has ended.
 */
export async function runContactBackfill(
  deps: PlanDeps & Blast & { model: Model; next: BackfillAnnouncements },
  signal?: AbortSignal,
): Promise<void> {
  const { db } = deps
  await withLock(db, 'contacts.backfill', async () => {
    const job = await selectJob(db, 'backfill')
    const taken = job && (await takeUpJob(db, job.id))
    if (!job || !taken) return
    try {
      const id = job.backfillId ?? (await plan(deps, job, signal))
      const { state } = await getBackfill(db, id)
      if (state === 'planned') await startBackfill(deps, { id, actor: job.actor })
    } catch (error) {
      if (!(error instanceof AppError)) {
        if (taken.tries >= mostTries) await endJob(db, job.id, 'an error that was not foreseen: see the log')
        throw error
      }
      if (error.code === 'backfill.empty') return endJob(db, job.id)
      const isChanged = error.code === 'backfill.plan_changed'
      if (isChanged) await transact(db, (trx) => noteBackfill(trx, job.id, null))
      if (taken.tries < mostTries && (isChanged || error.recovery === 'retry')) throw error
      await endJob(db, job.id, error.message)
    }
  })
}

async function plan(
  deps: Parameters<typeof runContactBackfill>[0],
  { id, actor, spec }: ContactJob,
  signal?: AbortSignal,
): Promise<number> {
  // Written by `askContactBackfill`, and by nothing else.
  const { fields, filter } = spec as { fields: string[]; filter: Filter }
  const mappingOnly = { connection: ownConnection, fields }
  const planned = await planBackfill(deps, { filter, actor, reason: 'backfill of contact fields', mappingOnly }, signal)
  await transact(deps.db, (trx) => noteBackfill(trx, id, planned.id))
  return planned.id
}
