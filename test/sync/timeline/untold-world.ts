import type { Wire } from '../../../src/crm/index.ts'
import type { FoldRule, StepEvent, TimelineEvent } from '../../../src/mapping/index.ts'
import { classify, type Known } from '../../../src/sync/timeline/classify.ts'
import type { CellState, NoticedEvent } from '../../../src/sync/timeline/types.ts'
import { blankIsNull, pushCell, spelling } from './push-cell.ts'

const noHistory = null

export type Op =
  | { op: 'say'; at: number; value: string }
  | { op: 'withdraw'; index: number }
  /** Others change the field, or another one of the record. */
  | { op: 'edit'; value: Wire }
  | { op: 'touch' }
  /** `alsoOther`: another field of the record is due as well. `meanwhile`: others change the field between read and write. */
  | {
      op: 'push'
      alsoOther: boolean
      ends: 'well' | 'before the write' | 'after the write' | 'before reading back'
      meanwhile?: Wire
    }

type Write = { after: Wire | undefined; arrived: boolean; outcome: 'written' | 'unsent' | null }

/**
 * One text field of one record in a CRM without history, which tells who changed a record last and when; and what pushes
 * do with it, by the production functions alone. `tellable` is what really happened, as far as such a CRM can tell: of the
 * changes by others what stands when we look, by somebody, at the latest it can have been set.
 */
export function untoldWorld(rule: FoldRule, crm: { base: Wire; shouts: boolean }) {
  let clock = 10
  let current: Wire = null
  let by: 'us' | 'others' = 'others'
  let lastChange = { at: clock, byUs: false }
  let said: StepEvent[] = []
  let isReleased = false
  let isHidden = false
  const tellable: TimelineEvent[] = []
  const count = { writes: 0 }

  let state: CellState | undefined
  let othersChangedAt: number | null = null
  const events: NoticedEvent[] = []
  const ledger: Write[] = []

  function edit(value: Wire): void {
    const stored = stands(value)
    if (spelling.same(stored, current)) return
    clock += 1
    current = stored
    by = 'others'
    lastChange = { at: clock, byUs: false }
    // "A value equal to one we intended" counts as ours, and one that we have seen there as never changed.
    if (intended().some((wire) => spelling.same(wire, stored) || spelling.same(stands(wire), stored))) isHidden = true
    if (state && spelling.same(stored, state.seen)) isHidden = true
  }

  function touch(): void {
    clock += 1
    lastChange = { at: clock, byUs: false }
    // Our own value, written by a pusher that died, in a spelling we have not seen: nobody tells any more whose it is.
    if (crm.shouts && by === 'us' && state && !spelling.same(current, state.seen)) isHidden = true
  }

  function stands(value: Wire): Wire {
    return blankIsNull(crm.shouts ? (value?.toUpperCase() ?? null) : value)
  }

  function intended(): Wire[] {
    return ledger.flatMap(({ after }) => (after === undefined ? [] : [after]))
  }

  /** What others have done to the field since we last looked. */
  function tell(): void {
    if (by === 'us' || spelling.same(current, state ? state.seen : null)) return
    // Before the rule: not by us. Since we saw another value there: before whoever was the last, and that may be us.
    const at = state ? lastChange.at : othersChangedAtNow()
    tellable.push({ kind: state ? 'edited' : 'base', at, value: current, by: 'unknown', atLatest: true })
  }

  function othersChangedAtNow(): number {
    return lastChange.byUs ? (othersChangedAt ?? lastChange.at) : lastChange.at
  }

  function push({ alsoOther, ends, meanwhile }: Extract<Op, { op: 'push' }>): void {
    const after = isReleased ? planned() : undefined
    if (!lastChange.byUs) othersChangedAt = lastChange.at
    if (after === undefined && !alsoOther) return
    const write: Write = { after, arrived: false, outcome: null }
    ledger.unshift(write)
    // What is overwritten, or set before anybody looked at the field at all, leaves no trace here.
    if (meanwhile !== undefined && after === undefined && state) edit(meanwhile)
    if (ends === 'before the write') return
    clock += 1
    write.arrived = true
    lastChange = { at: clock, byUs: true }
    if (after !== undefined) {
      count.writes += 1
      current = stands(after)
      by = 'us'
    }
    if (ends === 'after the write') return
    write.outcome = 'written'
    if (after === undefined || !state) return
    state = { ...state, seen: current, ours: true, sent: after, landed: current }
    if (ends === 'before reading back') return
    const known: Known = {
      state,
      switchedOnAt: Number.NEGATIVE_INFINITY,
      intended: [after, current],
      openIntent: false,
      inLastWrite: true,
    }
    const look = { current, changedAt: null, othersChangedAt: null, changedByUs: true, readAt: clock, history: [] }
    const read = classify(look, known, spelling)
    events.push(...read.events)
    state = read.state
  }

  /** Looks at the field, and says what a push is to write there, if anything. */
  function planned(): Wire | undefined {
    tell()
    const known: Known = {
      state,
      switchedOnAt: 100,
      intended: intended(),
      openIntent: ledger.some(({ after, outcome }) => after !== undefined && outcome === null),
      inLastWrite: ledger.find(({ outcome }) => outcome !== 'unsent')?.after !== undefined,
    }
    const { at: changedAt, byUs: changedByUs } = lastChange
    const look = {
      current,
      changedAt,
      othersChangedAt: othersChangedAtNow(),
      changedByUs,
      readAt: clock,
      history: noHistory,
    }
    const classified = classify(look, known, spelling)
    events.push(...classified.events)
    state = classified.state
    const act = pushCell(rule, { events, said, current: state.seen, state })
    for (const write of ledger) write.outcome ??= write.arrived || write.after === state.sent ? 'written' : 'unsent'
    return act.action === 'write' || act.action === 'retract' ? act.after : undefined
  }

  if (crm.base !== null) edit(crm.base)
  clock = 100

  return {
    run(op: Op): void {
      clock += 1
      if (op.op === 'say') {
        isReleased = true
        const id = `c${clock}`
        // "Never later than receipt."
        const at = Math.min(op.at, clock)
        said = [...said, { kind: 'said', at, startedAt: at, conversationId: id, value: op.value }]
      } else if (op.op === 'withdraw') said = said.filter((_, index) => index !== op.index)
      else if (op.op === 'edit') edit(op.value)
      else if (op.op === 'touch') touch()
      else push(op)
    },
    /** What stands in the CRM. */
    current: () => current,
    said: () => said,
    tellable: () => tellable,
    /** What the timeline has come to know. */
    known: (): TimelineEvent[] => events.map(({ source: _, ...event }) => event),
    /** Whether something happened that nobody can tell without a history: limits that the page names. */
    isHidden: () => isHidden,
    isReleased: () => isReleased,
    count,
  }
}
