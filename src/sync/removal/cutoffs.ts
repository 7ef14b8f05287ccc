import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { retentionOfAgents } from '../../agents/index.ts'
import { type Db, json, type Trx } from '../../db/index.ts'

/** Before when the last word of a conversation has to be for it to be settled: of agents that say so themselves, and of all others. */
export type Cutoffs = {
  /** Null: the others are kept. */
  before: Date | null
  agents: { agentId: string; before: Date }[]
}

const dayMs = 86_400_000

/** An agent's own days win over the installation's, longer or shorter. */
export async function readCutoffs(db: Db | Trx, now: Date, retentionDays: number | null): Promise<Cutoffs> {
  const ago = (days: number) => new Date(now.getTime() - days * dayMs)
  const agents = (await retentionOfAgents(db)).map(({ agentId, days }) => ({ agentId, before: ago(days) }))
  return { before: retentionDays === null ? null : ago(retentionDays), agents }
}

export function areOff({ before, agents }: Cutoffs): boolean {
  return before === null && agents.length === 0
}

/** As a condition on `conversations`, along the index by the last word, or by the agent. */
export function isOlder({ before, agents }: Cutoffs): RawBuilder<SqlBool> {
  const latest = new Date(Math.max(before?.getTime() ?? 0, ...agents.map((each) => each.before.getTime())))
  const ids = agents.map(({ agentId }) => agentId)
  const isNamed = before === null ? sql<SqlBool>`agent_id = any(${ids}::text[])` : sql<SqlBool>`true`
  return sql<SqlBool>`(${isNamed} and spoken_at < ${latest} and spoken_at < coalesce(
    (select own.before from jsonb_to_recordset(${json(agents)}::jsonb) as own ("agentId" text, before timestamptz)
      where own."agentId" = conversations.agent_id),
    ${before}::timestamptz
  ))`
}
