import { endJob, selectJob } from '../../contacts/index.ts'
import type { Db } from '../../db/index.ts'
import type { Paces } from '../../limits/index.ts'
import { backfillStatus } from '../backfill-status.ts'

export type ContactBackfillDeps = { db: Db; now: () => Date; paces: Paces }

export type ContactBackfillStatus = {
  state: 'queued' | 'running' | 'idle'
  askedAt: Date
  /** Conversations that went through the rules, and fields that did not take their value. */
  succeeded: number
  failed: number
  /** Why it ended before its end. */
  why: string | null
}

/** How the newest backfill of contact fields stands; undefined where there was none. */
export async function contactBackfillStatus(deps: ContactBackfillDeps): Promise<ContactBackfillStatus | undefined> {
  const job = await selectJob(deps.db, 'backfill')
  if (job === undefined) return undefined
  const { askedAt, why, backfillId } = job
  const isOpen = job.state === 'queued' || job.state === 'running'
  const told = { askedAt, why, succeeded: 0, failed: 0 }
  if (backfillId === null) return { ...told, state: isOpen ? 'queued' : 'idle' }
  const { backfill, items, pushes, settled } = await backfillStatus(deps, backfillId)
  const isRunning = isOpen && !settled
  return {
    ...told,
    state: isRunning ? (backfill.state === 'planned' ? 'queued' : 'running') : 'idle',
    succeeded: items.outcomes.ok ?? 0,
    failed: pushes.decisions.rejected ?? 0,
  }
}

/** Ends the job of a backfill that is settled: all of it is analysed and pushed that can be. Twice is safe. */
export async function closeSettled(deps: ContactBackfillDeps): Promise<void> {
  const job = await selectJob(deps.db, 'backfill')
  if (job?.state !== 'running' || job.backfillId === null) return
  if ((await backfillStatus(deps, job.backfillId, { isFresh: true })).settled) await endJob(deps.db, job.id)
}
