import { randomUUID } from 'node:crypto'
import type { SchemaFormat } from '../config.ts'
import type { Model } from './client.ts'
import type { CompletionRequest, Tier } from './completion.ts'
import { endpoints } from './endpoints.ts'
import { rememberLast } from './remember-last.ts'

type Writer = Pick<Model, 'profile' | 'prices'>

/** Stands for the conversation in a body; no text holds it, because nobody is told it. */
const mark = randomUUID()

const remember = rememberLast<{ before: string; after: string }>()

/** The body of a request as JSON, as it is sent. What is the same for every conversation of a config is written once. */
export function requestText(
  writer: Writer,
  request: CompletionRequest,
  format: SchemaFormat,
  tier: Tier = 'standard',
): string {
  if (request.repair !== undefined) return written(writer, request, format, tier)
  const { before, after } = around(writer, request, format, tier)
  return before + JSON.stringify(request.input) + after
}

/** How many bytes that is. */
export function requestBytes(writer: Writer, request: CompletionRequest, format: SchemaFormat): number {
  return Buffer.byteLength(requestText(writer, request, format))
}

/** What stands before the conversation, and after it. */
function around(writer: Writer, request: CompletionRequest, format: SchemaFormat, tier: Tier) {
  const { model, instructions, schema, cacheKey, maxOutputTokens } = request
  const { profile, prices } = writer
  const madeOf = [profile, prices, format, tier, model, instructions, schema.name, cacheKey, maxOutputTokens]
  return remember(schema.body, madeOf, () => {
    const whole = written(writer, { ...request, input: mark }, format, tier)
    const [before = '', after = ''] = whole.split(JSON.stringify(mark))
    return { before, after }
  })
}

function written({ profile, prices }: Writer, request: CompletionRequest, format: SchemaFormat, tier: Tier): string {
  return JSON.stringify(endpoints[profile.endpoint].write({ profile, prices }, request, format, tier))
}
