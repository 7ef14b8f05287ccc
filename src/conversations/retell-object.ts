import { entryOf, isSpoken, transcriptOf, type Words } from './retell-turns.ts'
import type { Conversation, Turn } from './types.ts'

/** What the columns of a conversation say, in the fields of the source product; `raw` is laid over it. */
type NotSaid = 'raw' | 'contactId' | 'contactNumber' | 'spokenAt' | 'receivedAt' | 'transfers' | 'toolCalls'
export type Said = Omit<Conversation, NotSaid>

/** A call or chat of the source product out of what is stored of it, without `raw`. Pure. */
export function retellObjectOf(said: Said, turns: Turn[], words: Words): Record<string, unknown> {
  const { kind } = said
  const entries = turns.map((turn, index) => entryOf(turn, words?.[index] ?? null))
  const spoken = entries.filter((_, index) => isSpoken(turns[index] ?? { role: '' }))
  const object: Record<string, unknown> = {}
  const put = (key: string, value: unknown) => {
    if (value !== null) object[key] = value
  }
  put(`${kind}_id`, said.id)
  put('agent_id', said.agentId)
  put(kind === 'call' ? 'agent_version' : 'version', said.agentVersion)
  put(`${kind}_type`, said.type)
  put(`${kind}_status`, said.status)
  put('disconnection_reason', said.disconnectionReason)
  put('start_timestamp', said.startedAt?.getTime() ?? null)
  put('end_timestamp', said.endedAt?.getTime() ?? null)
  put('metadata', filled(said.metadata))
  put('retell_llm_dynamic_variables', filled(said.variables))
  if (kind === 'call') {
    put('direction', said.direction)
    put('from_number', said.fromNumber)
    put('to_number', said.toNumber)
    put('duration_ms', said.durationMs)
  }
  if (turns.length === 0) return object
  put('transcript', transcriptOf(turns))
  put(kind === 'call' ? 'transcript_with_tool_calls' : 'message_with_tool_calls', entries)
  if (kind === 'call') put('transcript_object', spoken)
  return object
}

function filled(object: Record<string, unknown>): Record<string, unknown> | null {
  return Object.keys(object).length === 0 ? null : object
}
