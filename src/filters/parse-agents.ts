import { unknownName } from './nearest.ts'
import { isRecord, type Place } from './place.ts'
import type { Condition } from './types.ts'

type Wanted = { agentId: string; versions: number[] }

/**
 * The agents of a filter, any of which may hold: `[{ agent_id, version: [3, 4] }]`, or ids alone. No versions means all.
 * An empty list is refused: read as "no agent" or as "every agent" it would surprise somebody.
 */
export function parseAgents(input: unknown, place: Place): Condition[] {
  const list = Array.isArray(input) ? input : [input]
  if (list.length === 0) place.refuse('expected at least one agent; leave "agent" out for all')
  const wanted = list.map((entry: unknown, index) => parseAgent(entry, Array.isArray(input) ? place.at(index) : place))
  const anyOf = wanted.filter((agent) => agent !== null)
  return anyOf.length > 0 ? [{ field: 'agent', anyOf }] : []
}

function parseAgent(entry: unknown, place: Place): Wanted | null {
  if (typeof entry === 'string' && entry !== '') return { agentId: entry, versions: [] }
  if (!isRecord(entry)) {
    place.refuse('expected an agent id or { agent_id, version: [3, 4] }')
    return null
  }
  const keys = ['agent_id', 'version']
  for (const key of Object.keys(entry)) {
    if (!keys.includes(key)) place.at(key).refuse(unknownName('key', key, keys))
  }
  const agentId = typeof entry.agent_id === 'string' ? entry.agent_id : ''
  if (agentId === '') place.at('agent_id').refuse('expected the id of an agent')
  return { agentId, versions: parseVersions(entry.version, place.at('version')) }
}

function parseVersions(input: unknown, place: Place): number[] {
  if (input === undefined || input === null) return []
  const list: unknown[] = Array.isArray(input) ? input : [input]
  const versions = list.filter((version) => typeof version === 'number').filter(isVersion)
  if (versions.length < list.length) place.refuse('expected whole numbers from 0: [3, 4]')
  return versions
}

function isVersion(version: number): boolean {
  return Number.isInteger(version) && version >= 0
}
