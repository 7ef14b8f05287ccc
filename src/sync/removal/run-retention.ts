import { type Actor, recordEntry, startRun } from '../../audit/index.ts'
import type { Crm } from '../../crm/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { areOff, type Cutoffs, readCutoffs } from './cutoffs.ts'
import { settle } from './settle.ts'
import { countOlder, lockOlder } from './store.ts'

export type Retention = {
  /** Null where nothing was settled. */
  runId: number | null
  /** Conversations whose last word is from before this are settled; null: only those of agents that say so themselves. */
  before: Date | null
  /** How many agents say for themselves how long their conversations are kept. */
  agents: number
  settled: number
  /** Those that are as old but at work: on their way to a CRM, held, or in a backfill. The next run takes them. */
  left: number
}

type Deps = { db: Db; crms: ReadonlyMap<string, Crm>; now: () => Date; retentionDays: number | null }

const atOnce = 64

/** What a run would settle now. Changes nothing. Throws as `runRetention` does. */
export async function planRetention(deps: Deps): Promise<Retention> {
  const cutoffs = await requireCutoffs(deps)
  const { older, busy } = await countOlder(deps.db, cutoffs)
  return { runId: null, before: cutoffs.before, agents: cutoffs.agents.length, settled: older - busy, left: busy }
}

/**
 * Settles every conversation that is older than its agent, or else the installation, allows: transcript, quotes, analyses and links go, and the value
 * that was in force stays in the timeline of each cell, so that no CRM field changes. In batches, each in one transaction; twice
 * is safe, and so is breaking off. It cannot be undone. Throws `retention.off` (409) where no retention is set.
 */
export async function runRetention(
  deps: Deps,
  { actor, reason }: { actor: Actor; reason: string },
): Promise<Retention> {
  const cutoffs = await requireCutoffs(deps)
  const { before } = cutoffs
  const agents = cutoffs.agents.length
  let runId: number | null = null
  let settled = 0
  for (let batch = atOnce; batch === atOnce; ) {
    batch = await transact(deps.db, async (trx) => {
      const ids = await lockOlder(trx, cutoffs, atOnce)
      if (ids.length === 0) return 0
      const run = runId ?? (await startRun(trx, { kind: 'retention', actor, reason }))
      await settle(trx, deps.crms, ids, { leaveActivities: true })
      await recordEntry(trx, {
        actor,
        action: 'conversations.settled',
        subject: { kind: 'run', id: String(run) },
        runId: run,
        after: { conversations: ids.length, before, agents },
      })
      runId = run
      return ids.length
    })
    settled += batch
  }
  const { older } = await countOlder(deps.db, cutoffs)
  return { runId, before, agents, settled, left: older }
}

/** Whether anything says how long conversations are kept: the installation, or an agent. */
export async function isRetentionOn({ db, now, retentionDays }: Omit<Deps, 'crms'>): Promise<boolean> {
  return !areOff(await readCutoffs(db, now(), retentionDays))
}

async function requireCutoffs({ db, now, retentionDays }: Deps): Promise<Cutoffs> {
  const cutoffs = await readCutoffs(db, now(), retentionDays)
  if (!areOff(cutoffs)) return cutoffs
  const message =
    'no retention is set: AFTERWORD_RETENTION_DAYS, or data_storage_retention_days of an agent, says after how many days conversations are settled'
  throw new AppError('retention.off', 'skip', message, { status: 409 })
}
