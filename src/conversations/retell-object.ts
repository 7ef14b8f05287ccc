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
  const fields = {
    [`${kind}_id`]: said.id,
    agent_id: said.agentId,
    [kind === 'call' ? 'agent_version' : 'version']: said.agentVersion,
    [`${kind}_type`]: said.type,
    [`${kind}_status`]: said.status,
    disconnection_reason: said.disconnectionReason,
    start_timestamp: said.startedAt?.getTime() ?? null,
    end_timestamp: said.endedAt?.getTime() ?? null,
    metadata: filled(said.metadata),
    retell_llm_dynamic_variables: filled(said.variables),
    ...(kind === 'call' && {
      direction: said.direction,
      from_number: said.fromNumber,
      to_number: said.toNumber,
      duration_ms: said.durationMs,
    }),
    ...(turns.length > 0 && { transcript: transcriptOf(turns) }),
    ...(turns.length > 0 && kind === 'call' && { transcript_object: spoken, transcript_with_tool_calls: entries }),
    ...(turns.length > 0 && kind === 'chat' && { message_with_tool_calls: entries }),
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

function filled(object: Record<string, unknown>): Record<string, unknown> | null {
  return Object.keys(object).length === 0 ? null : object
}
