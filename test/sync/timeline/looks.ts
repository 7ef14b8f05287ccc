import type { HistoryEntry, Wire } from '../../../src/crm/index.ts'
import { classify, type Known, type Look, type Spelling } from '../../../src/sync/timeline/classify.ts'
import type { CellState } from '../../../src/sync/timeline/types.ts'

/** A CRM that trims and knows no other spelling. */
export const spelling: Spelling = {
  same: (a, b) => (a?.trim() || null) === (b?.trim() || null),
  decode: (wire) => wire?.trim() || null,
}

/** When a rule for the field was first switched on. */
const switchedOnAt = 100

/** History as a CRM lists it, newest first, from entries told in their order. */
export function history(...entries: [at: number, author: HistoryEntry['author'], value: Wire][]): HistoryEntry[] {
  return entries.map(([at, author, value]) => ({ at: new Date(at), author, value, source: 'TEST' })).reverse()
}

/** What we know of a cell; of one never touched before, nothing. */
export function known(more: Partial<Known> = {}): Known {
  return { state: undefined, switchedOnAt, intended: [], openIntent: false, inLastWrite: false, ...more }
}

export function state(more: Partial<CellState> = {}): CellState {
  return { seen: null, ours: false, historyAt: null, ...more }
}

/** A cell that holds what we wrote at 200. */
export const written = state({ seen: 'v', ours: true, sent: 'v', landed: 'v', historyAt: 200 })

/** What was read; the record's last change is at 150 and the reading at 999. */
export function look(current: Wire, entries: HistoryEntry[] | null = null, changedAt: number | null = 150): Look {
  return { current, changedAt, othersChangedAt: changedAt, changedByUs: false, readAt: 999, history: entries }
}

/** The events in short: kind, time, author, value. */
export function eventsOf(seen: Look, what: Known) {
  return classify(seen, what, spelling).events.map(({ kind, at, by, value }) => [kind, at, by, value])
}

export function stateOf(seen: Look, what: Known) {
  return classify(seen, what, spelling).state
}
