import type { HistoryEntry, Wire } from '../../../src/crm/index.ts'
import type { FoldRule, StepEvent, TimelineEvent } from '../../../src/mapping/index.ts'
import { classify, type Known, needsHistory } from '../../../src/sync/timeline/classify.ts'
import type { CellState, NoticedEvent } from '../../../src/sync/timeline/types.ts'
import { blankIsNull, pushCell, spelling } from './push-cell.ts'

export type Op =
  | { op: 'say'; at: number; value: string }
  | { op: 'withdraw'; index: number }
  | { op: 'edit'; by: 'person' | 'automation' | 'import'; value: Wire }
  | { op: 'push'; ends: 'well' | 'before the write' | 'after the write'; meanwhile?: Wire }
  | { op: 'read back' }

/**
 * One text field of one record in a CRM that keeps history, and what a push does with it, by the production functions
 * alone. `truth` is what really happened there, kept beside by whoever did it: what the timeline should come to know.
 */
export function cellWorld(rule: FoldRule, crm: { base: Wire; shouts: boolean }) {
  const switchedOnAt = 100
  let clock = 10
  let current: Wire = null
  const history: HistoryEntry[] = []
  const truth: TimelineEvent[] = []
  let said: StepEvent[] = []
  const count = { writes: 0, histories: 0 }
  let isHidden = false

  let state: CellState | undefined
  const events: NoticedEvent[] = []
  const intended: Wire[] = []
  let openIntent = false

  function store(author: HistoryEntry['author'], value: Wire): void {
    if (spelling.same(current, value)) return
    current = blankIsNull(value)
    clock += 1
    history.unshift({ at: new Date(clock), author, value: current, source: 'TEST' })
  }

  /** A change by others, of more than its case; a flow that shouts makes another of it. */
  function edit(by: 'person' | 'automation' | 'import', value: Wire): void {
    if (spelling.same(current?.toUpperCase() ?? null, value?.toUpperCase() ?? null)) return
    store(by, value)
    record(by)
    if (shout()) record('automation')
    if (state && spelling.same(current, state.seen)) isHidden = true
  }

  function record(by: 'person' | 'automation' | 'import'): void {
    const kind = clock < switchedOnAt ? 'base' : 'edited'
    truth.push({ kind, at: clock, value: current, by, atLatest: false })
  }

  function shout(): boolean {
    const before = current
    if (crm.shouts) store('automation', current?.toUpperCase() ?? null)
    return before !== current
  }

  function push({ ends, meanwhile }: Extract<Op, { op: 'push' }>): void {
    const known: Known = { state, switchedOnAt, intended: [...intended], openIntent, inLastWrite: false }
    const asks = needsHistory(known, current, spelling)
    if (asks) count.histories += 1
    const told = asks ? [...history] : null
    const look = { current, changedAt: clock, othersChangedAt: clock, changedByUs: false, readAt: clock, history: told }
    const classified = classify(look, known, spelling)
    events.push(...classified.events)
    state = classified.state
    const act = pushCell(rule, { events, said, current, state })
    openIntent = act.action === 'write' || act.action === 'retract'
    if (!openIntent) return
    intended.unshift(act.after)
    if (meanwhile !== undefined) edit('person', meanwhile)
    if (ends === 'before the write') return
    count.writes += 1
    store('us', act.after)
    const landed = current
    shout()
    if (ends === 'after the write') return
    openIntent = false
    state = { ...state, seen: landed, ours: true, sent: act.after, landed, unread: true }
  }

  function readBack(): void {
    if (!state?.unread) return
    count.histories += 1
    const known: Known = { state, switchedOnAt, intended: [...intended], openIntent, inLastWrite: false }
    const look = { current: state.seen, changedAt: null, othersChangedAt: null, changedByUs: true, readAt: clock }
    const read = classify({ ...look, history: [...history] }, known, spelling)
    events.push(...read.events)
    state = read.state
  }

  if (crm.base !== null) edit('person', crm.base)
  clock = switchedOnAt

  return {
    run(op: Op): void {
      clock += 1
      if (op.op === 'say') {
        const id = `c${clock}`
        // "Never later than receipt."
        const at = Math.min(op.at, clock)
        said = [...said, { kind: 'said', at, startedAt: at, conversationId: id, value: op.value }]
      } else if (op.op === 'withdraw') said = said.filter((_, index) => index !== op.index)
      else if (op.op === 'edit') edit(op.by, op.value)
      else if (op.op === 'push') push(op)
      else readBack()
    },
    /** What stands in the CRM. */
    current: () => current,
    /** What has really happened, and what is said now. */
    truth: (): TimelineEvent[] => [...truth, ...said],
    /** What the timeline has come to know of it. */
    known: (): TimelineEvent[] => [...events, ...said],
    /** Whether something was changed and set back before we looked: a limit that the page names. */
    isHidden: () => isHidden,
    count,
  }
}
