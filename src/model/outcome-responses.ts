import { type Completion, noUsage } from './completion.ts'
import { jsonIn } from './json-in.ts'
import { isObject, isTextOrAbsent, textIn } from './json-shapes.ts'
import { failed, tierOf } from './outcome.ts'
import { responsesUsage } from './read-usage.ts'

type Part = { type: string; text?: string; refusal?: string }
type Item = { type: string; content: unknown }
type Envelope = {
  status: string
  model?: string
  output: Item[]
  incomplete_details: unknown
  error: unknown
  usage: unknown
  service_tier?: unknown
}

function isEnvelope(body: unknown): body is Envelope {
  if (!isObject(body) || typeof body.status !== 'string' || !isTextOrAbsent(body.model)) return false
  return Array.isArray(body.output) && body.output.every((item) => textIn(item, 'type') !== undefined)
}

/** What a message says; nothing where a part of it is none. */
function partsOf({ type, content }: Item): Part[] {
  return type === 'message' && Array.isArray(content) && content.every(isPart) ? content : []
}

function isPart(part: unknown): part is Part {
  return isObject(part) && typeof part.type === 'string' && isTextOrAbsent(part.text) && isTextOrAbsent(part.refusal)
}

/**
 * What `readResponse` is for Chat Completions, for Responses: there an answer that was cut or failed is a 200 too, and says so in its
 * status, and a refusal is a part of the output. Total, and keeps usage and id in every case. Pure.
 */
export function readResponsesAnswer(body: unknown, requestId: string | null, askedModel: string): Completion {
  if (!isEnvelope(body)) return { ...failed('transport', 'bad_envelope', requestId, askedModel), isMetered: false }
  const { status, output, model = askedModel } = body
  const used = responsesUsage(body.usage)
  const parts = output.flatMap(partsOf)
  const text = parts.flatMap((part) => (part.type === 'output_text' ? [part.text ?? ''] : [])).join('')
  const read = { text, usage: used ?? noUsage, isMetered: used !== null, requestId, model, ...tierOf(body) }
  if (parts.some(({ type }) => type === 'refusal')) return { ...read, outcome: 'refused', reason: 'refusal' }
  if (status === 'incomplete') {
    const reason = textIn(body.incomplete_details, 'reason') ?? 'incomplete'
    return { ...read, outcome: reason === 'content_filter' ? 'filtered' : 'truncated', reason }
  }
  // Failed, cancelled, or not done although nobody asked for an answer later: another try may have one.
  if (status !== 'completed') return { ...read, outcome: 'transport', reason: textIn(body.error, 'code') ?? status }
  if (text.trim() === '') return { ...read, outcome: 'empty', reason: parts.length > 0 ? 'no_content' : 'no_output' }
  return { ...read, ...jsonIn(text), outcome: 'ok', reason: null }
}
