import type { ConversationKind } from '../db/index.ts'
import type { AnalysisConfig, Item, PresetName } from './items.ts'

/** The three built-in items of each kind: summary, success, sentiment. */
export const presetsOf: Record<ConversationKind, readonly [PresetName, PresetName, PresetName]> = {
  call: ['call_summary', 'call_successful', 'user_sentiment'],
  chat: ['chat_summary', 'chat_successful', 'user_sentiment'],
}

export const defaultModel = 'gpt-4.1'

/** What an agent is analysed with before anybody configured it. */
export function defaultConfig(kind: ConversationKind): AnalysisConfig {
  return { items: withPresets(kind, []), model: defaultModel }
}

/** The built-in items are always extracted, configured or not (reference/retell.md 1.1): puts those missing in front. */
export function withPresets(kind: ConversationKind, items: Item[]): Item[] {
  const named = new Set<string>(items.map((item) => item.name))
  const missing = presetsOf[kind].filter((name) => !named.has(name))
  return [...missing.map((name): Item => ({ type: 'system-presets', name })), ...items]
}
