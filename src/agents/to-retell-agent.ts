import { analysisFields } from './retell-fields.ts'
import type { AgentVersion } from './version-store.ts'

/** One version of an agent as the source product's API spells it: what came in, with our own fields on top. Pure. */
export function toRetellAgent(version: AgentVersion): Record<string, unknown> {
  const names = analysisFields[version.kind]
  return {
    ...version.raw,
    agent_id: version.agentId,
    ...(version.name === null ? {} : { agent_name: version.name }),
    version: version.version,
    ...(version.baseVersion === null ? {} : { base_version: version.baseVersion }),
    is_published: version.publishedAt !== null,
    [names.items]: version.config.items,
    [names.model]: version.config.model,
    last_modification_timestamp: version.updatedAt.getTime(),
  }
}
