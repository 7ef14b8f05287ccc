import { configForRerun } from '../agents/index.ts'
import { type Actor, startRun } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { activeMappings } from '../sync/index.ts'
import type { BackfillAnnouncements } from './announcements.ts'
import { getBackfill, moveBackfill } from './store.ts'
import type { Backfill } from './types.ts'

/**
 * Starts a planned backfill with exactly the configs and mapping files its plan froze. Refuses with `backfill.plan_changed`
 * (409), naming every difference, where a prompt or a mapping changed since: plan again. Starting twice: the second is told 409.
 */
export async function startBackfill(
  deps: { db: Db; next: BackfillAnnouncements; now: () => Date },
  input: { id: number; actor: Actor },
): Promise<Backfill> {
  return transact(deps.db, async (trx) => {
    const planned = await getBackfill(trx, input.id)
    const changes = planned.state === 'planned' ? await changesSince(trx, planned) : []
    if (changes.length > 0) {
      const message = `backfill ${planned.id} was planned with what has changed since: ${changes.join('; ')}. Plan it again`
      throw new AppError('backfill.plan_changed', 'skip', message, { status: 409, facts: { changes } })
    }
    const { actor } = input
    const { reason, frozen } = planned
    const mappingFiles = Object.values(frozen.mappings)
    const runId = await startRun(trx, { kind: 'backfill', actor, reason, mappingFiles })
    const backfill = await moveBackfill(trx, input.id, ['planned'], 'running', {
      run_id: runId,
      started_at: deps.now(),
    })
    await deps.next.backfillRuns(trx, backfill.id)
    return backfill
  })
}

async function changesSince(db: Db, { frozen }: Backfill): Promise<string[]> {
  const changes: string[] = []
  for (const [agentId, was] of Object.entries(frozen.configs)) {
    const is = await configForRerun(db, agentId)
    if (is.hash !== was.hash) changes.push(`config of ${agentId} (version ${was.version} then, ${is.version} now)`)
  }
  const active = new Map((await activeMappings(db)).map((mapping) => [mapping.path, mapping.fileHash]))
  for (const path of new Set([...active.keys(), ...Object.keys(frozen.mappings)])) {
    if (active.get(path) !== frozen.mappings[path]) changes.push(`mapping file ${path}`)
  }
  return changes
}
