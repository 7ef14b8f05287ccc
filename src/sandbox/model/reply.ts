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
  if (fault === 'invalid_json') return said(`Here you are:\n${content.slice(0, -1)}`)
  return said(fault === 'empty_content' ? '' : content)
}

function contentFor(request: ChatRequest, fault: FaultKind | undefined, nth: number): string {
  const { format, userMessage } = request
  if (format.type === 'json_object') return '{}'
  if (format.type === 'text') return answerText(userMessage) + (fault === 'vary' ? ` (${nth})` : '')
  const answer = answerSchema(format.schema, userMessage)
  if (fault === 'obey') return JSON.stringify(obeyTurns(format.schema, userMessage, answer))
  return JSON.stringify(fault === undefined ? answer : spoilFields(fault, format.schema, answer, nth))
}

function said(content: string): Reply {
  return { content, refusal: null, finishReason: 'stop' }
}
