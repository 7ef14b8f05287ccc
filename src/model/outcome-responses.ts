import { z } from 'zod'
import { type Completion, noUsage } from './completion.ts'
import { jsonIn } from './json-in.ts'
import { failed } from './outcome.ts'
import { responsesUsage } from './read-usage.ts'

const content = z.object({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() })
const item = z.object({ type: z.string(), content: z.array(content).nullish().catch(null) })
const envelope = z.object({
  status: z.string(),
  model: z.string().optional(),
  output: z.array(item),
  incomplete_details: z.object({ reason: z.string().optional() }).nullish().catch(null),
  error: z.object({ code: z.string().optional() }).nullish().catch(null),
  usage: responsesUsage,
})

/**
 * What `readResponse` is for Chat Completions, for Responses: there an answer that was cut or failed is a 200 too, and says so in its
 * status, and a refusal is a part of the output. Total, and keeps usage and id in every case. Pure.
 */
export function readResponsesAnswer(body: unknown, requestId: string | null, askedModel: string): Completion {
  const parsed = envelope.safeParse(body)
  if (!parsed.success) return { ...failed('transport', 'bad_envelope', requestId, askedModel), isMetered: false }
  const { status, output, usage: used, model = askedModel, incomplete_details: cut, error } = parsed.data
  const parts = output.flatMap(({ type, content }) => (type === 'message' ? (content ?? []) : []))
  const text = parts.flatMap((part) => (part.type === 'output_text' ? [part.text ?? ''] : [])).join('')
  const read = { text, usage: used ?? noUsage, isMetered: used !== null, requestId, model }
  if (parts.some(({ type }) => type === 'refusal')) return { ...read, outcome: 'refused', reason: 'refusal' }
  if (status === 'incomplete') {
    const reason = cut?.reason ?? 'incomplete'
    return { ...read, outcome: reason === 'content_filter' ? 'filtered' : 'truncated', reason }
  }
  // Failed, cancelled, or not done although nobody asked for an answer later: another try may have one.
  if (status !== 'completed') return { ...read, outcome: 'transport', reason: error?.code ?? status }
  if (text.trim() === '') return { ...read, outcome: 'empty', reason: parts.length > 0 ? 'no_content' : 'no_output' }
  return { ...read, text: jsonIn(text), outcome: 'ok', reason: null }
}
