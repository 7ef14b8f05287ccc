import type { SetEvent, StepEvent, TimelineEvent, Value } from '../../src/mapping/index.ts'

export const said: StepEvent = { kind: 'said', at: 20, startedAt: 20, conversationId: 'call_1', value: 'v' }
export const base: SetEvent = { kind: 'base', at: 10, value: 'old', by: 'person', atLatest: false }
export const edit: SetEvent = { kind: 'edited', at: 30, value: 'typed', by: 'person', atLatest: false }

/** A fold that this event decided, by default with its own value. */
export function decidedBy(event: TimelineEvent | null, value: Value = event?.value ?? null) {
  return { folded: { value, decidedBy: event } }
}
