import type { ActivityDraft, ActivityRow } from '../../../src/crm/index.ts'

/** A call as it is to be logged. */
export const draft: ActivityDraft = {
  key: 'call_1',
  conversationId: 'call_1',
  kind: 'call',
  type: 'phone_call',
  startedAt: new Date('2026-04-10T09:59:00Z'),
  durationMs: 61_400,
  direction: 'outbound',
  fromNumber: '+12125550199',
  toNumber: '+12125550101',
  disconnectionReason: 'user_hangup',
  summary: 'Wants a table.',
  url: 'https://example.com/calls/1?a=1&b=2',
}

/** One to be logged on a record for the first time. */
export function newRow(recordId: string, changes: Partial<ActivityDraft> = {}): ActivityRow {
  const key = changes.key ?? draft.key
  const made = { ...draft, conversationId: key, ...changes }
  return { draft: made, activityId: null, recordId, hangsOn: null, isUnsure: false }
}
