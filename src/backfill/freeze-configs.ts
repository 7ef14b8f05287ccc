import { type Chain, configsForRerun, lastAgent, rememberConfigs } from '../agents/index.ts'
import type { Trx } from '../db/index.ts'
import { selectedChains } from './chain-store.ts'
import type { Frozen } from './types.ts'

/**
 * Copies what a rerun would use now of every selected conversation: per agent, and per chain of agents that conversations went
 * through. In a fixed number of statements. Throws what `configsForRerun` throws.
 */
export async function freezeConfigs(trx: Trx, backfillId: number): Promise<Pick<Frozen, 'configs' | 'transferred'>> {
  const chains = await selectedChains(trx, backfillId)
  const found = await configsForRerun(trx, chains)
  await rememberConfigs(trx, found)
  const configs: Frozen['configs'] = {}
  const transferred: NonNullable<Frozen['transferred']> = []
  for (const [place, { version, isDraft, hash, parts }] of found.entries()) {
    const chain: Chain | undefined = chains[place]
    if (!chain || version === null) continue
    if (parts) transferred.push({ ...chain, parts, hash })
    else configs[lastAgent(chain)] = { version, isDraft, hash }
  }
  return { configs, ...(transferred.length > 0 && { transferred }) }
}
