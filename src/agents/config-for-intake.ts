import type { Db, Trx } from '../db/index.ts'
import { notFound } from '../errors.ts'
import { configOfChain } from './config-of-chain.ts'
import type { FrozenConfig } from './items.ts'
import type { Transfer } from './transfers.ts'
import { selectHeldVersions, selectWorkingVersions } from './version-store.ts'

/**
 * The config a conversation is first analysed with: that of the version it was held with, so that an unfinished draft never
 * reaches live conversations; where that version was never ours, the one a rerun would use. After transfers, that of each
 * agent, as their settings say. Throws `agent.not_found` (404) and `agent.transfer_too_large` (422).
 */
export async function configForIntake(
  db: Db | Trx,
  agentId: string,
  version: number | null,
  transfers: readonly Transfer[] = [],
): Promise<FrozenConfig> {
  const held = await selectHeldVersions(db, [{ agentId, version }, ...transfers])
  const versionOf = (asked: { agentId: string; version: number | null }) =>
    held.find((each) => each.agentId === asked.agentId && each.version === asked.version)
  const unknown = [{ agentId, version }, ...transfers].filter((asked) => versionOf(asked) === undefined)
  const working = await selectWorkingVersions(db, [...new Set(unknown.map((asked) => asked.agentId))])
  const wanted = (asked: { agentId: string; version: number | null }) => {
    const found = versionOf(asked) ?? working.get(asked.agentId)
    if (found === undefined) throw notFound('agent', asked.agentId)
    return found
  }
  return configOfChain(transfers, [wanted({ agentId, version }), ...transfers.map(wanted)])
}
