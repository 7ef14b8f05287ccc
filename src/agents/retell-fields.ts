import { z } from 'zod'
import type { ConversationKind } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { checkStorage } from './storage.ts'
import { type SettingSource, settingField, type TransferSetting, transferSettings } from './transfers.ts'

/** Where the source product's agent object keeps its analysis config. */
export const analysisFields = {
  call: { items: 'post_call_analysis_data', model: 'post_call_analysis_model' },
  chat: { items: 'post_chat_analysis_data', model: 'post_chat_analysis_model' },
} as const satisfies Record<ConversationKind, object>

/** Prompts of the built-in items, in their order, as agents had them before presets (until June 2026). */
export const legacyPrompts = [
  'analysis_summary_prompt',
  'analysis_successful_prompt',
  'analysis_user_sentiment_prompt',
] as const

const ownFields = new Set<string>([
  'agent_id',
  'agent_name',
  'version',
  'base_version',
  'is_published',
  'last_modification_timestamp',
  ...Object.values(analysisFields.call),
  ...Object.values(analysisFields.chat),
  ...legacyPrompts,
])

const settingSchema = z.enum(transferSettings)

/** What the agent object holds besides the fields with columns of their own: kept, and returned untouched. Throws `agent.invalid` (400). */
export function restOfAgent(body: Record<string, unknown>): Record<string, unknown> {
  const setting = body[settingField] ?? null
  if (setting !== null && !settingSchema.safeParse(setting).success)
    throw new AppError('agent.invalid', 'skip', `${settingField} must be ${transferSettings.join(' or ')}`, {
      status: 400,
    })
  checkStorage(body)
  return Object.fromEntries(Object.entries(body).filter(([field]) => !ownFields.has(field)))
}

/**
 * What counts after a transfer from this agent that was recorded without a setting, and whether the agent says so. In the source product
 * every transfer has one (reference/retell.md 1.6); where the agent names none either, the destination's items count alone, which costs less.
 */
export function defaultSetting({ raw }: { raw: Record<string, unknown> }): {
  setting: TransferSetting
  settingFrom: SettingSource
} {
  const setting = settingSchema.safeParse(raw[settingField]).data
  return setting ? { setting, settingFrom: 'agent' } : { setting: 'only_destination_agent', settingFrom: 'default' }
}

/** What a new draft takes over from the version it begins on: all but what is said of that one alone. Pure. */
export function asBase(raw: Record<string, unknown>): Record<string, unknown> {
  const { assigned_tags: _tags, version_title: _title, version_description: _description, ...rest } = raw
  return rest
}

const nameSchema = z.string().min(1).max(500).nullish()

/** The agent's name where the object gives one, null where it takes it away. Throws `agent.invalid` (400). */
export function nameOfAgent(body: Record<string, unknown>): string | null | undefined {
  const parsed = nameSchema.safeParse(body.agent_name)
  if (parsed.success) return parsed.data
  throw new AppError('agent.invalid', 'skip', 'agent_name must be text of 1 to 500 characters', { status: 400 })
}
