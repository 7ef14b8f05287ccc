import { z } from 'zod'
import { clean } from '../../analysis/index.ts'
import type { Completion } from '../../model/index.ts'

const answer = z.object({ merged_text: z.string() })

/** An answer to a merge: the text, or that the model has none to give, or what went wrong with it this time. */
export type Merged = { text: string } | 'none' | { failed: string }

/** What an answer is worth. Only a refusal and an empty answer are answers without a text; anything else may pass. Pure. */
export function readMerged({ outcome, text, reason }: Completion): Merged {
  if (outcome === 'refused' || outcome === 'filtered' || outcome === 'empty') return 'none'
  if (outcome !== 'ok') return { failed: reason === null ? outcome : `${outcome}: ${reason}` }
  const merged = answer.safeParse(parse(text))
  if (!merged.success) return { failed: 'invalid' }
  const cleaned = clean(merged.data.merged_text).trim()
  return cleaned === '' ? 'none' : { text: cleaned }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
