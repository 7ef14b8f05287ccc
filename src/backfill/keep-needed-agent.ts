import { sql } from 'kysely'
import type { Trx } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { activeMappings } from '../sync/index.ts'
import { standingSchedules } from './schedules/store.ts'
import type { Frozen } from './types.ts'

/**
 * Keeps an agent, or one version of it, that something still goes by: a backfill under way that froze it, a mapping file or a schedule
 * that names it. Throws `agent.in_use` (409) with all of them. A plan that was not started is no use: its start tells the difference.
 */
export async function keepNeededAgent(trx: Trx, leaving: { agentId: string; version?: number }): Promise<void> {
  const { agentId, version } = leaving
  const users = [
    ...(await openBackfillsOf(trx, leaving)),
    ...(version === undefined ? [...(await mappingsOf(trx, agentId)), ...(await schedulesOf(trx, agentId))] : []),
  ]
  if (users.length === 0) return
  const what = version === undefined ? `agent ${agentId}` : `version ${version} of agent ${agentId}`
  throw new AppError('agent.in_use', 'skip', `${what} is still needed: ${users.join('; ')}`, {
    status: 409,
    facts: { users },
  })
}

async function openBackfillsOf(trx: Trx, { agentId, version }: { agentId: string; version?: number }) {
  const rows = await trx
    .selectFrom('backfills')
    .select(['id', 'state', 'frozen'])
    .where('state', 'in', ['running', 'paused', 'stopped'])
    .where(sql<boolean>`strpos(frozen::text, ${JSON.stringify(agentId)}) > 0`)
    .orderBy('id')
    .execute()
  return rows.flatMap(({ id, state, frozen }) => {
    const { configs = {}, transferred = [] } = frozen as Partial<Frozen>
    const alone = configs[agentId]
    const parts = [
      ...(alone ? [{ agentId, version: alone.version }] : []),
      ...transferred.flatMap((each) => each.parts),
    ]
    const isPart = parts.some((part) => part.agentId === agentId && (version === undefined || part.version === version))
    return isPart ? [`backfill ${id}, which is ${state}, asks what it was planned with`] : []
  })
}

async function mappingsOf(trx: Trx, agentId: string): Promise<string[]> {
  const mappings = await activeMappings(trx)
  return mappings.flatMap(({ path, agents }) => (agents?.includes(agentId) ? [`${path} names it under "agents"`] : []))
}

async function schedulesOf(trx: Trx, agentId: string): Promise<string[]> {
  // Which agents a schedule names does not depend on when it is due.
  const at = new Date(0)
  return (await standingSchedules(trx)).flatMap(({ schedule }) => {
    const names = schedule.planAt(at).filter.conditions.some((condition) => {
      return condition.field === 'agent' && condition.anyOf.some((agent) => agent.agentId === agentId)
    })
    return names ? [`${schedule.path} names it in its filter`] : []
  })
}
