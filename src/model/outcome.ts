import { type Completion, noUsage, type Tier } from './completion.ts'
import { jsonIn } from './json-in.ts'
import { isObject, isTextOrAbsent, isTextOrNone } from './json-shapes.ts'
import { chatUsage } from './read-usage.ts'

type Choice = { finish_reason?: string | null; message?: { content?: string | null; refusal?: string | null } | null }
type Envelope = { model?: string; choices: Choice[]; usage: unknown; service_tier?: unknown }

function isEnvelope(body: unknown): body is Envelope {
  return isObject(body) && isTextOrAbsent(body.model) && Array.isArray(body.choices) && body.choices.every(isChoice)
}

function isChoice(choice: unknown): choice is Choice {
  if (!isObject(choice) || !isTextOrNone(choice.finish_reason)) return false
  const { message } = choice
  if (message === undefined || message === null) return true
  return isObject(message) && isTextOrNone(message.content) && isTextOrNone(message.refusal)
}

/**
 * What a 200 means, whatever its body: proxies answer 200 with an error or with plain text, filters cut JSON short, models
 * refuse in a field of their own. Total: never throws, and keeps usage and id in every case. Pure.
 * @see reference/llm.md 1.2
 */
export function readResponse(body: unknown, requestId: string | null, askedModel: string): Completion {
  if (!isEnvelope(body)) return { ...failed('transport', 'bad_envelope', requestId, askedModel), isMetered: false }
  const { choices, model = askedModel } = body
  const [choice] = choices
  const text = choice?.message?.content ?? ''
  const used = chatUsage(body.usage)
  const read = { text, usage: used ?? noUsage, isMetered: used !== null, requestId, model, ...tierOf(body) }
  if (choice?.message?.refusal) return { ...read, outcome: 'refused', reason: 'refusal' }
  if (choice?.finish_reason === 'content_filter') return { ...read, outcome: 'filtered', reason: 'content_filter' }
  if (choice?.finish_reason === 'length') return { ...read, outcome: 'truncated', reason: 'length' }
  if (text.trim() === '') return { ...read, outcome: 'empty', reason: choice ? 'no_content' : 'no_choices' }
  return { ...read, ...jsonIn(text), outcome: 'ok', reason: null }
}

/** The tier that an answer names, where it names one. */
export function tierOf({ service_tier: named }: { service_tier?: unknown }): { tier?: Tier } {
  return typeof named === 'string' ? { tier: named === 'flex' ? 'flex' : 'standard' } : {}
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
