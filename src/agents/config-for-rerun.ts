import type { Db, Trx } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'
import { configOfChain } from './config-of-chain.ts'
import type { FrozenConfig } from './items.ts'
import { getAgent } from './read-agents.ts'
import type { Chain } from './transfers.ts'
import { selectWorkingVersions } from './version-store.ts'

/** A version in place of what its agent would be rerun with. */
export type Pinned = { agentId: string; version: number }

/**
 * The config a rerun uses: the latest draft (highest number), else the latest published version, whatever version the
 * conversation was held with (reference/retell.md 1.5). After transfers, that of each agent, as their settings say.
 * Throws `agent.not_found` (404) and `agent.transfer_too_large` (422).
 */
export async function configForRerun(
  db: Db | Trx,
  agentId: string,
  transfers: Chain['transfers'] = [],
  pinned?: Pinned,
): Promise<FrozenConfig> {
  const [config] = await readConfigs(db, [{ agentId, transfers }], pinned)
  if (config === undefined) throw notFound('agent', agentId)
  if (config instanceof AppError) throw config
  return config
}

/**
 * The same of many chains, in their order, in a fixed number of statements: of each its config, or what `configForRerun` throws of
 * it, so that one without a config is no obstacle to the others. Each is for whatever conversations went that way, so who told a setting
 * that was recorded with them is not said. Throws only where `pinned` is not there.
 */
export async function configsForRerun(
  db: Db | Trx,
  chains: readonly Chain[],
  pinned?: Pinned,
): Promise<(FrozenConfig | AppError)[]> {
  const shared = chains.map(({ agentId, transfers }) => {
    return { agentId, transfers: transfers.map(({ agentId, setting }) => ({ agentId, setting })) }
  })
  return readConfigs(db, shared, pinned)
}

async function readConfigs(
  db: Db | Trx,
  chains: readonly Chain[],
  pinned: Pinned | undefined,
): Promise<(FrozenConfig | AppError)[]> {
  const agentIds = chains.flatMap(({ agentId, transfers }) => [agentId, ...transfers.map((each) => each.agentId)])
  const versions = await selectWorkingVersions(db, [...new Set(agentIds)])
  if (pinned) versions.set(pinned.agentId, await getAgent(db, pinned.agentId, pinned.version))
  const versionOf = (agentId: string) => {
    const version = versions.get(agentId)
    if (version === undefined) throw notFound('agent', agentId)
    return version
  }
  return chains.map(({ agentId, transfers }) =>
    orRefused(() =>
      configOfChain(transfers, [versionOf(agentId), ...transfers.map((each) => versionOf(each.agentId))]),
    ),
  )
}

function orRefused(find: () => FrozenConfig): FrozenConfig | AppError {
  try {
    return find()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}
