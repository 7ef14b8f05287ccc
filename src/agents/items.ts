import { z } from 'zod'
import type { SettingSource, TransferSetting } from './transfers.ts'

const shared = {
  required: z.boolean().optional(),
  conditional_prompt: z.string().max(2000).optional(),
}
const name = z.string().min(1).max(200)
const description = z.string().min(1).max(10_000)

export const presetNames = [
  'call_summary',
  'call_successful',
  'chat_summary',
  'chat_successful',
  'user_sentiment',
] as const

/**
 * An analysis item as the source product spells it; `date`, `datetime` and `list` are ours, in its spelling, because CRMs have
 * such fields. How many and how long they may be is checked where they are saved, not here: what was stored stays readable.
 * @see reference/retell.md 1.1
 */
export const itemSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('string'), name, description, examples: z.array(z.string()).optional(), ...shared }),
  z.object({ type: z.literal('enum'), name, description, choices: z.array(z.string().min(1)).min(1), ...shared }),
  z.object({ type: z.literal('boolean'), name, description, ...shared }),
  z.object({ type: z.literal('number'), name, description, ...shared }),
  z.object({ type: z.literal('date'), name, description, ...shared }),
  z.object({ type: z.literal('datetime'), name, description, ...shared }),
  z.object({
    type: z.literal('list'),
    name,
    description,
    // Without them a list of texts.
    choices: z.array(z.string().min(1)).min(1).optional(),
    ...shared,
  }),
  z.object({
    type: z.literal('system-presets'),
    name: z.enum(presetNames),
    description: description.optional(),
    ...shared,
  }),
])

export type Item = z.infer<typeof itemSchema>

/** What an item may be answered with, each once, in their order; none where it takes any value. Pure. */
export function choicesOf(item: Item): string[] {
  return item.type === 'enum' || item.type === 'list' ? [...new Set(item.choices)] : []
}
export type PresetName = (typeof presetNames)[number]

/** What an analysis is made with: the analysis part of one agent version. */
export type AnalysisConfig = { items: Item[]; model: string }

/** A version that took part in a config, and how the conversation came to it; the first of a conversation has no setting. */
export type ConfigPart = {
  agentId: string
  version: number
  isDraft: boolean
  setting: TransferSetting | null
  /** Absent of the first, and where it was not kept. */
  settingFrom?: SettingSource
}

/** Where a config came from; `hash` is over items and model only. */
export type ConfigSource = {
  /** After transfers, the agent it ended with: its version decides. */
  agentId: string
  /** Null: given inline, no version holds it. */
  version: number | null
  isDraft: boolean
  hash: string
  /** After transfers, every version of the chain in its order. */
  parts?: ConfigPart[]
}

/** A config together with where it came from. */
export type FrozenConfig = ConfigSource & { config: AnalysisConfig }

/** Every version that took part; none of an inline config. Pure. */
export function partsOf({ agentId, version, isDraft, parts }: ConfigSource): ConfigPart[] {
  if (version === null) return []
  return parts ?? [{ agentId, version, isDraft, setting: null }]
}

/** Reads a stored config back; keys come out in the order written here. */
export const configSchema = z.object({ items: z.array(itemSchema), model: z.string().min(1).max(200) })
