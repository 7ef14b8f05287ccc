import type { JsonObject } from '../json.ts'
import type { ChatRequest } from './chat-request.ts'
import type { Reply } from './completion.ts'
import { answerSchema, answerText } from './extract/answer.ts'
import type { FaultKind } from './faults.ts'
import { spoilFields } from './faulty-fields.ts'
import { obeyTurns } from './obey.ts'

const REFUSAL = "I'm sorry, but I can't help with that."

/** What the model says to a request, with the fault that befell it, if it is one of the model's own. */
export function replyTo(request: ChatRequest, fault: FaultKind | undefined, nth: number): Reply {
  if (fault === 'refuse') return { content: null, refusal: REFUSAL, finishReason: 'stop' }
  if (fault === 'filter') return { content: '', refusal: null, finishReason: 'content_filter' }
  const content = contentFor(request, fault, nth)
  if (fault === 'truncate') return { ...said(content.slice(0, content.length >> 1)), finishReason: 'length' }
  if (fault === 'invalid_json') return said(`Here you are:\n${content.slice(0, content.lastIndexOf('}'))}`)
  return said(fault === 'empty_content' ? '' : content)
}

function contentFor({ format, userMessage }: ChatRequest, fault: FaultKind | undefined, nth: number): string {
  const { type, schema } = format
  if (schema === undefined) {
    return type === 'json_object' ? '{}' : answerText(userMessage) + (fault === 'vary' ? ` (${nth})` : '')
  }
  const json = JSON.stringify(spoiled(fault, schema, userMessage, nth))
  // What is only asked for JSON in words, likes to put it in a fence.
  return type === 'text' ? `Here is the JSON you asked for:\n\`\`\`json\n${json}\n\`\`\`` : json
}

function spoiled(fault: FaultKind | undefined, schema: JsonObject, userMessage: string, nth: number): JsonObject {
  const answer = answerSchema(schema, userMessage)
  if (fault === undefined) return answer
  return fault === 'obey' ? obeyTurns(schema, userMessage, answer) : spoilFields(fault, schema, answer, nth)
}

function said(content: string): Reply {
  return { content, refusal: null, finishReason: 'stop' }
}
