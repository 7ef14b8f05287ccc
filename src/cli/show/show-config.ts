import { type ConfigSource, partsOf } from '../../agents/index.ts'

/** Which versions were asked with, and whose items count after each transfer. */
export function showConfig(source: ConfigSource): string {
  const parts = partsOf(source).map(({ agentId, version, isDraft, setting }) => {
    const state = isDraft ? 'draft' : 'published'
    if (setting === null) return `${agentId} version ${version} (${state})`
    const counts = setting === 'both_agents' ? 'items of both' : 'its items alone'
    return `${agentId} version ${version} (${state}, ${counts})`
  })
  return parts.length === 0 ? 'the config given' : parts.join(', then ')
}
