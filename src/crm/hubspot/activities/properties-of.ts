import type { ActivityDraft } from '../../activities/contract.ts'
import { type BodyForm, bodyOf, titleOf } from '../../activities/text.ts'

export const OBJECTS: Record<ActivityDraft['kind'], string> = { call: 'calls', chat: 'communications' }

/** The property that tells our activities apart: with `hasUniqueValue`, on calls and on communications. */
export const KEY_FIELD = 'afterword_conversation_id'

/** Where the text of an activity stands. */
export const BODY_FIELDS: Record<string, string> = { calls: 'hs_call_body', communications: 'hs_communication_body' }

/** HubSpot's bodies are HTML. */
const html: BodyForm = {
  longest: 65_536,
  paragraph: (text) => `<p>${escaped(text).replaceAll('\n', '<br>')}</p>`,
  link: (url) => {
    const text = escaped(url)
    return /^https?:\/\//i.test(url) ? `<p><a href="${text}">${text}</a></p>` : `<p>${text}</p>`
  },
}

/** Calls that nobody took; all others count as completed, however they ended. */
const STATUSES: Record<string, string> = {
  dial_busy: 'BUSY',
  dial_no_answer: 'NO_ANSWER',
  dial_failed: 'FAILED',
  invalid_destination: 'FAILED',
}

/** The properties of an activity, in HubSpot's spelling; '' empties one. */
export function propertiesOf(draft: ActivityDraft, { hasKey }: { hasKey: boolean }): Record<string, string> {
  const common = { hs_timestamp: draft.startedAt.toISOString(), ...(hasKey && { [KEY_FIELD]: draft.key }) }
  const body = bodyOf(draft, html)
  if (draft.kind === 'chat') {
    const channel = /whats_?app/i.test(draft.type ?? '') ? 'WHATS_APP' : 'SMS'
    return {
      ...common,
      // HubSpot knows three channels, and no chat on a web page: it is logged as the nearest.
      hs_communication_channel_type: channel,
      hs_communication_logged_from: 'CRM',
      hs_communication_body: body,
    }
  }
  return {
    ...common,
    hs_call_title: titleOf(draft),
    hs_call_body: body,
    hs_call_status: STATUSES[draft.disconnectionReason ?? ''] ?? 'COMPLETED',
    hs_call_direction: draft.direction?.toUpperCase() ?? '',
    hs_call_duration: draft.durationMs === null ? '' : String(Math.round(draft.durationMs)),
    hs_call_from_number: draft.fromNumber ?? '',
    hs_call_to_number: draft.toNumber ?? '',
  }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
