import { chainKey, configsForRerun, rememberConfigs } from '../agents/index.ts'
import type { Trx } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { selectedChains } from './chain-store.ts'
import type { Frozen } from './types.ts'

/**
 * Copies what a rerun would use now of every selected conversation: per agent, and per chain of agents that conversations went
 * through. One without a config is left out, and `warnings` say why. In a fixed number of statements. Throws what `configForRerun`
 * throws where none has one.
 */
export async function freezeConfigs(
  trx: Trx,
  backfillId: number,
): Promise<{ frozen: Omit<Frozen, 'mappings'>; warnings: string[] }> {
  const chains = await selectedChains(trx, backfillId)
  const found = (await configsForRerun(trx, chains)).flatMap((config, place) => {
    const chain = chains[place]
    return chain ? [{ chain, config }] : []
  })
  const refused = found.flatMap(({ chain, config }) => (config instanceof AppError ? [{ chain, why: config }] : []))
  const [first] = refused
  if (first && refused.length === found.length) throw first.why
  const configs: Frozen['configs'] = {}
  const transferred: NonNullable<Frozen['transferred']> = []
  for (const { chain, config } of found) {
    if (config instanceof AppError || config.version === null) continue
    const { version, isDraft, hash, parts } = config
    if (parts) transferred.push({ ...chain, parts, hash })
    else configs[chain.agentId] = { version, isDraft, hash }
  }
  await rememberConfigs(
    trx,
    found.flatMap(({ config }) => (config instanceof AppError ? [] : [config])),
  )
  const leftOut = Object.fromEntries(refused.map(({ chain, why }) => [chainKey(chain), why.code]))
  return {
    frozen: { configs, ...(transferred.length > 0 && { transferred }), ...(refused.length > 0 && { leftOut }) },
    warnings: refused.map(({ why }) => `${why.message}: conversations that went so are left out`),
  }
}
