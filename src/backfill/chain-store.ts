import { sql } from 'kysely'
import type { Chain } from '../agents/index.ts'
import type { Trx } from '../db/index.ts'

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
  return rows.map(({ agent_id, agents, settings }) => ({
    agentId: agent_id,
    transfers: agents.map((agentId, place) => ({ agentId, setting: settings[place] ?? null })),
  }))
}
