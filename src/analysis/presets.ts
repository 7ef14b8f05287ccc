import type { PresetName } from '../agents/index.ts'
import type { ConversationKind } from '../db/index.ts'

/** A question that every conversation is asked, configured or not, as the source product does (reference/retell.md 1.1). */
export type Preset = {
  name: PresetName
  type: 'string' | 'boolean' | 'enum'
  choices: string[]
  /** The prompt where the config gives none. */
  prompt: string
}

const successPrompt = (kind: ConversationKind) =>
  `Whether the ${kind} was a success for the user: the agent finished what the user came for, and the ${kind} ended ` +
  'complete rather than cut off. False where the task failed, was given up or was left open.'

const summaryPrompt = (kind: ConversationKind) =>
  `Summarise the ${kind} in two or three sentences: why it took place, what was done or agreed, and how it ended. ` +
  'Only what was said; no judgement of the user.'

const sentiment: Preset = {
  name: 'user_sentiment',
  type: 'enum',
  choices: ['Negative', 'Positive', 'Neutral', 'Unknown'],
  prompt: 'The mood of the user over the whole conversation. Unknown where the user says too little to tell.',
}

const presets: Record<ConversationKind, Preset[]> = {
  call: [
    { name: 'call_summary', type: 'string', choices: [], prompt: summaryPrompt('call') },
    { name: 'call_successful', type: 'boolean', choices: [], prompt: successPrompt('call') },
    sentiment,
  ],
  chat: [
    { name: 'chat_summary', type: 'string', choices: [], prompt: summaryPrompt('chat') },
    { name: 'chat_successful', type: 'boolean', choices: [], prompt: successPrompt('chat') },
    sentiment,
  ],
}

/** The presets of a kind of conversation, in the order in which they are asked. */
export function presetsOf(kind: ConversationKind): Preset[] {
  return presets[kind]
}

/** Whether an item of this name is one of them. */
export function isPreset(kind: ConversationKind, name: string): boolean {
  return presets[kind].some((preset) => preset.name === name)
}

/** The name of the preset that says whether a conversation of this kind was a success. */
export function successName(kind: ConversationKind): PresetName {
  return kind === 'call' ? 'call_successful' : 'chat_successful'
}
