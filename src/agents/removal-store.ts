import { sql } from 'kysely'
import type { Trx } from '../db/index.ts'

/**
 * Takes versions of an agent away, all or one, and remembers the highest number so that it is not given again. False where there is
 * none. A published version goes with its agent only; frozen means that it is never rewritten. Needs the agent's lock.
 */
export async function removeVersions(trx: Trx, { agentId, version }: { agentId: string; version?: number }) {
  const removed = await trx
    .deleteFrom('agent_versions')
    .where('agent_id', '=', agentId)
    .$if(version !== undefined, (query) => query.where('version', '=', version ?? 0).where('published_at', 'is', null))
    .returning('version')
    .execute()
  if (removed.length === 0) return false
  const highest = Math.max(...removed.map((row) => row.version))
  await trx
    .updateTable('agents')
    .set({ deleted_version: sql`greatest(deleted_version, ${highest}::integer)` })
    .where('id', '=', agentId)
    .execute()
  return true
}
