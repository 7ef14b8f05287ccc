import { sql } from 'kysely'
import type { Chain } from '../agents/index.ts'
import { isThere } from '../conversations/index.ts'
import type { ConversationKind, Db, Trx } from '../db/index.ts'

/** To whom a conversation went and whose items count then, whichever versions held it: what `chainKey` tells apart. */
export const chainColumns = {
  agents: sql<string[]>`jsonb_path_query_array(conversations.transfers, '$[*].agent_id')`,
  settings: sql<
    Chain['transfers'][number]['setting'][]
  >`jsonb_path_query_array(conversations.transfers, '$[*].setting')`,
}

/** The agents that held the selected conversations, and the chains in which conversations went from one to the next. */
export async function selectedChains(trx: Trx, backfillId: number): Promise<Chain[]> {
  const rows = await trx
    .selectFrom('backfill_items')
    .innerJoin('conversations', 'conversations.id', 'backfill_items.conversation_id')
    .select(['conversations.agent_id', chainColumns.agents.as('agents'), chainColumns.settings.as('settings')])
    .distinct()
    .where('backfill_items.backfill_id', '=', backfillId)
    .orderBy('conversations.agent_id')
    .orderBy('agents')
    .orderBy('settings')
    .execute()
  return rows.map(toChain)
}

/** The chains of these conversations, with what kind each is; those that are deleted are left out. */
export async function chainsOf(db: Db, ids: string[]): Promise<Map<string, Chain & { kind: ConversationKind }>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('conversations')
    .select(['id', 'kind', 'agent_id', chainColumns.agents.as('agents'), chainColumns.settings.as('settings')])
    .where('id', 'in', ids)
    .where(isThere)
    .execute()
  return new Map(rows.map(({ id, kind, ...row }) => [id, { kind, ...toChain(row) }]))
}

type ChainRow = { agent_id: string; agents: string[]; settings: Chain['transfers'][number]['setting'][] }

function toChain({ agent_id, agents, settings }: ChainRow): Chain {
  return {
    agentId: agent_id,
    transfers: agents.map((agentId, place) => ({ agentId, setting: settings[place] ?? null })),
  }
}
