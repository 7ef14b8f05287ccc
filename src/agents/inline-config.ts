import type { ConversationKind } from '../db/index.ts'
import { configInvalid, readConfig } from './config-from-retell.ts'
import { configHash } from './config-hash.ts'
import type { FrozenConfig } from './items.ts'
import { defaultConfig } from './presets.ts'

const names = { items: 'items', model: 'model' } as const
const what = 'the config that was given'

/**
 * A config that no version holds, `{ items, model }`, for a conversation of this agent: only to look at what it would find. The
 * limits are those that are checked where one is saved; without a model it is the default one. Pure. Throws `agent.config_invalid`
 * (400) naming every item.
 */
export function inlineConfig(agent: { id: string; kind: ConversationKind }, given: unknown): FrozenConfig {
  const { id: agentId, kind } = agent
  const config = readConfig({ what, kind }, fieldsOf(given), defaultConfig(kind), names)
  return { agentId, version: null, isDraft: false, hash: configHash(config), config }
}

function fieldsOf(given: unknown): Record<string, unknown> {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || !('items' in given))
    throw configInvalid(what, [
      'it must be a JSON object with items, and with a model where that is not the default one',
    ])
  const unknown = Object.keys(given).filter((key) => !Object.hasOwn(names, key))
  if (unknown.length > 0)
    throw configInvalid(
      what,
      unknown.map((key) => `${key}: is not known, a config has items and model`),
    )
  return { ...given }
}
