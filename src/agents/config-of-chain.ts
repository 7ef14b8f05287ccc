import { AppError } from '../errors.ts'
import { checkItems } from './check-items.ts'
import { configHash } from './config-hash.ts'
import type { AnalysisConfig, ConfigPart, FrozenConfig } from './items.ts'
import { defaultSetting } from './retell-fields.ts'
import type { Chain } from './transfers.ts'
import type { AgentVersion } from './version-store.ts'

type Chosen = Pick<ConfigPart, 'setting' | 'settingFrom'>

/**
 * The config of a conversation that these versions held, one per agent of the chain and in its order. After each transfer the
 * destination's config counts alone (`only_destination_agent`), or both count: then of two items with one name the destination's
 * is asked, with its model (reference/retell.md 1.6). A setting that nobody recorded is the one on the agent that it came from.
 * Pure. Throws `agent.transfer_too_large` (422) where the items of all are more than one analysis takes.
 */
export function configOfChain(
  transfers: Chain['transfers'],
  [first, ...others]: readonly [AgentVersion, ...AgentVersion[]],
): FrozenConfig {
  let { config } = first
  let last = first
  const parts = [partOf(first, { setting: null })]
  for (const [place, destination] of others.entries()) {
    const chosen = settingOf(transfers[place], last)
    config = chosen.setting === 'both_agents' ? merge(config, destination.config) : destination.config
    last = destination
    parts.push(partOf(destination, chosen))
  }
  const { agentId, version, publishedAt, hash } = last
  const isDraft = publishedAt === null
  if (others.length === 0) return { agentId, version, isDraft, hash, config }
  // What one version holds was checked when it was saved.
  if (config === last.config) return { agentId, version, isDraft, hash, config, parts }
  const [problem] = checkItems(config.items)
  if (problem) throw tooLarge(parts, problem.message)
  return { agentId, version, isDraft, hash: configHash(config), config, parts }
}

function merge(earlier: AnalysisConfig, destination: AnalysisConfig): AnalysisConfig {
  const taken = new Set(destination.items.map((item) => item.name))
  const others = earlier.items.filter((item) => !taken.has(item.name))
  return { items: [...others, ...destination.items], model: destination.model }
}

/** As it was recorded, else as the agent says that it came from. */
function settingOf(transfer: Chain['transfers'][number] | undefined, from: AgentVersion): Chosen {
  if (!transfer?.setting) return defaultSetting(from)
  const { setting, settingFrom } = transfer
  return { setting, ...(settingFrom && { settingFrom }) }
}

function partOf({ agentId, version, publishedAt }: AgentVersion, chosen: Chosen): ConfigPart {
  return { agentId, version, isDraft: publishedAt === null, ...chosen }
}

function tooLarge(parts: ConfigPart[], problem: string): AppError {
  const names = parts.map(({ agentId, version }) => `${agentId} version ${version}`).join(', then ')
  const message = `the items of ${names} do not fit one analysis: ${problem}`
  return new AppError('agent.transfer_too_large', 'skip', message, { status: 422 })
}
