import { z } from 'zod'
import { type Db, json, type Trx } from '../db/index.ts'
import { transferSettings } from './transfers.ts'

const swapSchema = z.object({
  /** The name of the tool that was called, or the id of the flow's node that was entered. */
  tool: z.string().nullable(),
  node: z.string().nullable(),
  agentId: z.string(),
  /** Null: the latest, or what a tag points to. */
  version: z.number().nullable(),
  setting: z.enum(transferSettings).nullable(),
})

/** One way in which a version of an agent hands conversations to another agent. */
export type Swap = z.infer<typeof swapSchema>

/** The ways of a version; without one, of the newest whose ways are known. Null: they are not known. */
export async function swapsOf(db: Db | Trx, agentId: string, version: number | null): Promise<Swap[] | null> {
  const row = await db
    .selectFrom('agent_swaps')
    .select('swaps')
    .where('agent_id', '=', agentId)
    .$if(version !== null, (query) => query.where('version', '=', version ?? 0))
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? z.array(swapSchema).parse(row.swaps) : null
}

/** Notes the ways of a version that is there, published or not: they are no part of what it extracts. */
export async function setSwaps(trx: Trx, agentId: string, version: number, swaps: readonly Swap[]): Promise<void> {
  const row = { agent_id: agentId, version, swaps: json(swaps) }
  await trx
    .insertInto('agent_swaps')
    .values(row)
    .onConflict((conflict) => conflict.columns(['agent_id', 'version']).doUpdateSet({ swaps: row.swaps }))
    .execute()
}
