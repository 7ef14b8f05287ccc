import { type Actor, recordEntry, startRun } from '../../audit/index.ts'
import type { Crm } from '../../crm/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { settle } from './settle.ts'
import { countOlder, lockOlder } from './store.ts'

export type Retention = {
  /** Null where nothing was settled. */
  runId: number | null
  /** Conversations whose last word is from before this are settled. */
  before: Date
  settled: number
  /** Those that are as old but at work: on their way to a CRM, held, or in a backfill. The next run takes them. */
  left: number
}

type Deps = { db: Db; crms: ReadonlyMap<string, Crm>; now: () => Date; retentionDays: number | null }

const dayMs = 86_400_000
const atOnce = 64

/** What a run would settle now. Changes nothing. Throws as `runRetention` does. */
export async function planRetention(deps: Deps): Promise<Retention> {
  const before = cutoff(deps)
  const { older, busy } = await countOlder(deps.db, before)
  return { runId: null, before, settled: older - busy, left: busy }
}

/**
 * Settles every conversation that is older than the retention allows: transcript, quotes, analyses and links go, and the value
 * that was in force stays in the timeline of each cell, so that no CRM field changes. In batches, each in one transaction; twice
 * is safe, and so is breaking off. It cannot be undone. Throws `retention.off` (409) where no retention is set.
 */
export async function runRetention(
  deps: Deps,
  { actor, reason }: { actor: Actor; reason: string },
): Promise<Retention> {
  const before = cutoff(deps)
  let runId: number | null = null
  let settled = 0
  for (let batch = atOnce; batch === atOnce; ) {
    batch = await transact(deps.db, async (trx) => {
      const ids = await lockOlder(trx, before, atOnce)
      if (ids.length === 0) return 0
      const run = runId ?? (await startRun(trx, { kind: 'retention', actor, reason }))
      await settle(trx, deps.crms, ids, { leaveActivities: true })
      await recordEntry(trx, {
        actor,
        action: 'conversations.settled',
        subject: { kind: 'run', id: String(run) },
        runId: run,
        after: { conversations: ids.length, before },
      })
      runId = run
      return ids.length
    })
    settled += batch
  }
  const { older } = await countOlder(deps.db, before)
  return { runId, before, settled, left: older }
}

function cutoff({ now, retentionDays }: Deps): Date {
  if (retentionDays === null) {
    const message = 'no retention is set: AFTERWORD_RETENTION_DAYS says after how many days conversations are settled'
    throw new AppError('retention.off', 'skip', message, { status: 409 })
  }
  return new Date(now().getTime() - retentionDays * dayMs)
}
