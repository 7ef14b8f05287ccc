import { configForRerun, type FrozenConfig } from '../../src/agents/index.ts'
import { prepareExtractions } from '../../src/analysis/index.ts'
import type { Question } from '../../src/analysis/prepare.ts'
import { startRun } from '../../src/audit/index.ts'
import { transact } from '../../src/db/index.ts'
import type { World } from '../support/open-world.ts'

/** As many as a backfill keeps in one transaction. */
const batchSize = 64

/** The conversations of these agents, in batches, each with what a rerun of it uses. */
export async function conversationsOf({ db }: World, agentIds: string[]) {
  const rows = await db
    .selectFrom('conversations')
    .select(['id', 'agent_id'])
    .where('agent_id', 'in', agentIds)
    .orderBy('id')
    .execute()
  const configs = new Map<string, FrozenConfig>()
  for (const { agent_id } of rows) if (!configs.has(agent_id)) configs.set(agent_id, await configForRerun(db, agent_id))
  const each = rows.flatMap(({ id, agent_id }) => {
    const config = configs.get(agent_id)
    return config ? [{ conversationId: id, config }] : []
  })
  return Array.from({ length: Math.ceil(each.length / batchSize) }, (_, batch) =>
    each.slice(batch * batchSize, (batch + 1) * batchSize),
  )
}

export type Batch = Awaited<ReturnType<typeof conversationsOf>>[number]

/** A batch up to the model calls, as a run that asks anew. */
export async function prepareBatch({ db, model }: World, batch: Batch, runId: number): Promise<Question[]> {
  const inputs = batch.map((each) => ({ ...each, runId, force: true }))
  const prepared = await prepareExtractions({ db, model }, inputs)
  return [...prepared.values()].filter((each) => each.from === 'question')
}

export function newRun({ db, actor }: World): Promise<number> {
  return transact(db, (trx) => startRun(trx, { kind: 'rerun', actor, reason: 'bench' }))
}
