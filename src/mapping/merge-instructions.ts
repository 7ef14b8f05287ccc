import type { FoldRule } from './types.ts'

/** What holds where a rule has no instructions. Every text is stored under it: another wording makes every text anew. */
const usual =
  'Short and factual. Keep every fact once, in the order in which it came up. Where a later text says otherwise than an earlier one, the later one holds.'

/** What a rule wants of a merged text, the default where it says nothing. Pure. */
export function mergeInstructions({ instructions = usual, maxLength }: FoldRule): string {
  return maxLength == null ? instructions : `${instructions}\nAt most ${maxLength} characters.`
}
