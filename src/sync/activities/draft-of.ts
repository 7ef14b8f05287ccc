import { createHash } from 'node:crypto'
import { conversationFacts } from '../../conversations/index.ts'
import { type ActivityDraft, activityKey } from '../../crm/index.ts'
import { plainRule } from '../../mapping/index.ts'
import type { LinkedConversation } from '../timeline/types.ts'
import { type Facts, voiceOf } from '../timeline/voice-of.ts'

/** Of a new form of bodies, all activities are written again as their records come up. */
const form = 1

/** It hears the built-in items that say what a conversation came to. */
const summaryRule = plainRule(['call_summary', 'chat_summary'])

/**
 * A conversation as it is to be logged: what is known of it, and the summary in force, as a rule would hear it: a person's
 * correction, else the newest answer that is not held, not undone and not silent. Pure.
 */
export function draftOf(linked: LinkedConversation, facts: Facts): ActivityDraft {
  const { conversation } = linked
  const { says } = voiceOf([summaryRule], null, linked, facts, (value) => ({ value }))
  return {
    key: activityKey(conversation.id),
    conversationId: conversation.id,
    kind: conversation.kind,
    type: conversation.type,
    startedAt: conversation.startedAt ?? conversation.endedAt ?? conversation.spokenAt,
    durationMs: conversation.durationMs,
    direction: conversation.direction,
    fromNumber: conversation.fromNumber,
    toNumber: conversation.toNumber,
    disconnectionReason: conversation.disconnectionReason,
    summary: says.says === 'value' ? String(says.value) : null,
    url: String(conversationFacts(conversation).$url),
  }
}

/** By it an activity is known to be as it should: equal drafts, equal hashes. */
export function hashOf(draft: ActivityDraft): string {
  return createHash('sha256')
    .update(JSON.stringify([form, draft]))
    .digest('hex')
}
