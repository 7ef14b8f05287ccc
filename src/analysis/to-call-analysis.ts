import type { ConversationKind } from '../db/index.ts'
import type { Value } from '../mapping/index.ts'
import { isPreset } from './presets.ts'
import type { Fields } from './verdict.ts'

/** `call_analysis` or `chat_analysis` as the source product spells it: presets beside the data of one's own items. */
export type RetellAnalysis = {
  [preset: string]: Value | Record<string, Value>
  custom_analysis_data: Record<string, Value>
}

/**
 * An analysis in the source product's shape. It has no word for doubt, so it carries found values only: what is not
 * mentioned, unverified or invalid is absent, never null or a guess. Statuses and evidence are in our own API. Pure.
 */
export function toCallAnalysis(kind: ConversationKind, fields: Fields): RetellAnalysis {
  const presets: [string, Value][] = []
  const custom: [string, Value][] = []
  for (const [name, { status, value }] of Object.entries(fields)) {
    if (status === 'found') (isPreset(kind, name) ? presets : custom).push([name, value])
  }
  return { ...Object.fromEntries(presets), custom_analysis_data: Object.fromEntries(custom) }
}
