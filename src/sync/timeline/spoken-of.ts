import { type Conversation, conversationFacts, subjectOf } from '../../conversations/index.ts'
import type { FieldValue, Spoken } from '../../mapping/index.ts'

/** A conversation as rules read it, together with what one analysis extracted from it. Pure. */
export function spokenOf(conversation: Conversation, fields: Record<string, FieldValue> | null): Spoken {
  return {
    subject: subjectOf(conversation, fields ?? undefined),
    agentId: conversation.agentId,
    facts: conversationFacts(conversation),
  }
}
