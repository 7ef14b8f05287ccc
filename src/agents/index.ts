export { type AgentItems, itemsInFile } from './agent-file.ts'
export type { AgentsAnnouncements } from './announcements.ts'
export { checkItems } from './check-items.ts'
export { configForIntake } from './config-for-intake.ts'
export { configForRerun, configsForRerun } from './config-for-rerun.ts'
export { configHash } from './config-hash.ts'
export { createAgent } from './create-agent.ts'
export { createVersion } from './create-version.ts'
export { deleteAgent } from './delete-agent.ts'
export { deleteVersion } from './delete-version.ts'
export { ensureAgents } from './ensure-agents.ts'
export { type ForgottenDraft, forgottenDrafts } from './forgotten-drafts.ts'
export { importAgents } from './import-agents.ts'
export { inlineConfig } from './inline-config.ts'
export {
  type AnalysisConfig,
  type ConfigPart,
  type ConfigSource,
  choicesOf,
  configSchema,
  type FrozenConfig,
  type Item,
  type PresetName,
  partsOf,
  presetNames,
} from './items.ts'
export type { ListedAgent, ListedVersion } from './list-store.ts'
export { publishVersion } from './publish-version.ts'
export {
  getAgent,
  itemsInUse,
  listAgentPage,
  listAgents,
  listVersionPage,
  listVersions,
  modelsInUse,
} from './read-agents.ts'
export { rememberConfigs } from './remember-config.ts'
export { saveDraft } from './save-draft.ts'
export { type AgentSettings, agentSettings, liveOf, liveSettings, setLive } from './set-live.ts'
export { readStorage, retentionOfAgents, type StorageSetting, storageOf, storageSettings } from './storage.ts'
export { type Swap, swapsOf } from './swaps.ts'
export { type HeldVersion, heldVersions, takeVersion } from './take-version.ts'
export { toRetellAgent } from './to-retell-agent.ts'
export {
  type Chain,
  chainKey,
  lastAgent,
  type SettingSource,
  settingSources,
  type Transfer,
  transferSettings,
} from './transfers.ts'
export type { AgentVersion } from './version-store.ts'
