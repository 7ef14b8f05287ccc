import { cutText } from './cut-text.ts'
import { mergeInstructions } from './merge-instructions.ts'
import { sha256 } from './rule-hash.ts'
import type { FoldRule, Merge, MergedTexts, StepEvent, Value } from './types.ts'
import { isEmpty } from './values.ts'

/** One merge takes no more than this of what was said: a longer stretch is merged in blocks. */
const most = { values: 50, characters: 24_000 }

/**
 * What a stretch of values comes to on top of what was set before it. Pure. The oldest values fill blocks, each of which is
 * merged on top of the one before; a value more at the end leaves all blocks as they are that were full. A single value on
 * nothing is that value. Without the text of a merge, it says which one is needed. ENGINE.md section 4.
 */
export function mergeStretch(
  set: Value,
  stretch: readonly StepEvent[],
  rule: FoldRule,
  texts: MergedTexts,
): { value: Value; merges: Merge[]; needs?: Merge } {
  const instructions = mergeInstructions(rule)
  const merges: Merge[] = []
  const conversations: string[] = []
  let value = set
  for (const block of blocksOf(stretch)) {
    const inputs = [...(isEmpty(value) ? [] : [value]), ...block.map((event) => event.value)].map(textOf)
    conversations.push(...block.flatMap(({ kind, conversationId }) => (kind === 'said' ? [conversationId] : [])))
    if (inputs.length === 1) {
      value = block[0]?.value ?? null
      continue
    }
    const merge = { hash: hashOf(inputs, instructions), inputs, instructions, conversations: [...conversations] }
    merges.push(merge)
    const text = texts(merge.hash)
    if (text === undefined) return { value: null, merges, needs: merge }
    value = text
  }
  // A model may overlook how long a text may be.
  const isTooLong = typeof value === 'string' && rule.maxLength != null
  return { value: isTooLong ? cutText(String(value), rule.maxLength ?? 0) : value, merges }
}

/** From the oldest on, each as full as it may be: so no block depends on what comes after it. */
function blocksOf(stretch: readonly StepEvent[]): StepEvent[][] {
  const blocks: StepEvent[][] = []
  let characters = 0
  for (const event of stretch) {
    const { length } = textOf(event.value)
    const block = blocks.at(-1)
    if (block && block.length < most.values && characters + length <= most.characters) {
      block.push(event)
      characters += length
    } else {
      blocks.push([event])
      characters = length
    }
  }
  return blocks
}

function textOf(value: Value): string {
  return Array.isArray(value) ? value.join('\n') : String(value)
}

function hashOf(inputs: string[], instructions: string): string {
  return sha256(JSON.stringify({ inputs, instructions }))
}
