import { type AnalysisConfig, choicesOf, type Item } from '../agents/index.ts'
import type { ConversationKind } from '../db/index.ts'
import { type Preset, presetsOf } from './presets.ts'

/** An item as the model is asked for it. */
export type CompiledItem = {
  /** Its property in the wire schema, `f01` onward: names may be `__proto__`, `123` or an emoji. */
  key: string
  name: string
  type: 'string' | 'number' | 'boolean' | 'enum' | 'date' | 'datetime' | 'list'
  prompt: string
  choices: string[]
  examples: string[]
  /** When the item is to be filled at all; null: always. */
  condition: string | null
  required: boolean
  /** A judgement of the whole conversation, which no single quote can prove. */
  isPreset: boolean
}

/**
 * The items asked of one kind of conversation: its presets, configured or by default, then the config's own items in their
 * order. Of two items with one name the later counts; presets of the other kind are left out. Pure.
 */
export function compileItems(config: AnalysisConfig, kind: ConversationKind): CompiledItem[] {
  const items = new Map<string, Omit<CompiledItem, 'key'>>()
  for (const preset of presetsOf(kind)) {
    const configured = config.items.findLast((item) => item.type === 'system-presets' && item.name === preset.name)
    items.set(preset.name, compilePreset(preset, configured))
  }
  for (const item of config.items) {
    if (item.type !== 'system-presets') items.set(item.name, compileItem(item))
  }
  return [...items.values()].map((item, index) => ({ key: `f${String(index + 1).padStart(2, '0')}`, ...item }))
}

function compilePreset(preset: Preset, configured: Item | undefined): Omit<CompiledItem, 'key'> {
  // A preset is required unless its config says otherwise; an item of the user's own is not.
  const required = configured?.required ?? true
  const condition = conditionOf(required, configured?.conditional_prompt)
  const prompt = configured?.description ?? preset.prompt
  return { ...preset, prompt, examples: [], condition, required, isPreset: true }
}

function compileItem(item: Exclude<Item, { type: 'system-presets' }>): Omit<CompiledItem, 'key'> {
  const required = item.required ?? false
  return {
    name: item.name,
    type: item.type,
    prompt: item.description,
    choices: choicesOf(item),
    examples: item.type === 'string' ? (item.examples ?? []) : [],
    condition: conditionOf(required, item.conditional_prompt),
    required,
    isPreset: false,
  }
}

/** "If required is true, this is ignored" (reference/retell.md 1.1). */
function conditionOf(required: boolean, condition: string | undefined): string | null {
  return required || !condition?.trim() ? null : condition
}
