import { z } from 'zod'
import { type Completion, noUsage } from './completion.ts'
import { jsonIn } from './json-in.ts'
import { chatUsage } from './read-usage.ts'

const message = z.object({ content: z.string().nullish(), refusal: z.string().nullish() })
const envelope = z.object({
  model: z.string().optional(),
  choices: z.array(z.object({ finish_reason: z.string().nullish(), message: message.nullish() })),
  usage: chatUsage,
})

/**
 * What a 200 means, whatever its body: proxies answer 200 with an error or with plain text, filters cut JSON short, models
 * refuse in a field of their own. Total: never throws, and keeps usage and id in every case. Pure.
 * @see reference/llm.md 1.2
 */
export function readResponse(body: unknown, requestId: string | null, askedModel: string): Completion {
  const parsed = envelope.safeParse(body)
  if (!parsed.success) return { ...failed('transport', 'bad_envelope', requestId, askedModel), isMetered: false }
  const choice = parsed.data.choices[0]
  const text = choice?.message?.content ?? ''
  const { usage: used, model = askedModel } = parsed.data
  const read = { text, usage: used ?? noUsage, isMetered: used !== null, requestId, model }
  if (choice?.message?.refusal) return { ...read, outcome: 'refused', reason: 'refusal' }
  if (choice?.finish_reason === 'content_filter') return { ...read, outcome: 'filtered', reason: 'content_filter' }
  if (choice?.finish_reason === 'length') return { ...read, outcome: 'truncated', reason: 'length' }
  if (text.trim() === '') return { ...read, outcome: 'empty', reason: choice ? 'no_content' : 'no_choices' }
  return { ...read, text: jsonIn(text), outcome: 'ok', reason: null }
}

/** A completion without an answer, for which nothing is billed. */
export function failed(
  outcome: Completion['outcome'],
  reason: string,
  requestId: string | null,
  model: string,
): Completion {
  return { outcome, text: '', usage: noUsage, isMetered: true, requestId, model, reason }
}
