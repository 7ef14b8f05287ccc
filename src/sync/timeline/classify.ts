import { type HistoryEntry, isReformat, type Wire } from '../../crm/index.ts'
import type { Value } from '../../mapping/index.ts'
import type { CellState, NoticedEvent } from './types.ts'

/** What was read of one cell. `history` is null where it was not asked for. Times are epoch ms. */
export type Look = {
  current: Wire
  /** The record's very last change, whoever made it. */
  changedAt: number | null
  /** Its last change that was not ours, as far as we know. */
  othersChangedAt: number | null
  /** Whether the record's very last change was ours. */
  changedByUs: boolean
  readAt: number
  history: HistoryEntry[] | null
}

export type Known = {
  state: CellState | undefined
  /** When an erasure forgot the cell, epoch ms: what stands there now is its base from then on. */
  forgottenAt?: number | null
  /** When a rule for this field was first switched on: what was set before is base, what came later is an edit. */
  switchedOnAt: number
  /** Values we meant to write at some time, outcomes known or not, newest first. */
  intended: Wire[]
  /** Whether the newest of them is without an outcome. */
  openIntent: boolean
  /** Whether our last write of the record contained this field: "last modified by us" says nothing about any other. */
  inLastWrite: boolean
}

/** How this CRM compares and types values of the field. */
export type Spelling = { same(a: Wire, b: Wire): boolean; decode(wire: Wire): Value }

/** `wrote`: whether a value of ours has come since we looked last, be it that another stands there now. */
export type Classified = { events: NoticedEvent[]; state: CellState; wrote: boolean }

/** Whether the history of a cell has to be read: first touch, a value we have not seen, or an intent whose end we do not know. */
export function needsHistory(known: Known, current: Wire, spelling: Spelling): boolean {
  if (needsHistoryAnyway(known)) return true
  return known.forgottenAt == null && known.state !== undefined && !spelling.same(current, known.state.seen)
}

/** Whether it has to be read whatever stands there. */
export function needsHistoryAnyway({ state, forgottenAt, openIntent }: Known): boolean {
  return forgottenAt == null && (state === undefined || openIntent)
}

/**
 * Tells our own values in a cell from changes by others, each of which becomes an event. Pure. Ours is: an entry by us; a
 * value equal to one we intended, unless history names someone else; what stands in a field of our last write while the
 * record's last change is ours; an automation's change directly after ours that is only a reformat of it. ENGINE.md section 3.
 */
export function classify(look: Look, known: Known, spelling: Spelling): Classified {
  const { state, forgottenAt } = known
  if (forgottenAt != null) return forgotten(look, forgottenAt, spelling)
  const fresh = entriesAfter(state?.historyAt ?? Number.NEGATIVE_INFINITY, look.history ?? [])
    // What stood before the first entry we have seen ourselves, but for the first touch.
    .filter((entry) => !state || !entry.atLatest)
  const events: NoticedEvent[] = []
  let ours: Ours | undefined = state?.ours ? { sent: state.sent, landed: state.seen } : undefined
  let written = ours
  let wrote = false
  let setBack = state?.setBack
  for (const entry of fresh) {
    const before = ours
    ours = claim(entry, before, known, spelling)
    if (ours) {
      written = ours
      wrote = true
    } else {
      events.push(noticed(entry, known, spelling))
      setBack = countSetBack(setBack, before, entry.author)
    }
  }
  if (fresh.length === 0 && !(state && spelling.same(look.current, state.seen))) {
    const before = ours
    const author = look.changedByUs && known.inLastWrite ? 'us' : 'unknown'
    ours = claim({ author, value: look.current }, before, known, spelling)
    if (ours) {
      written = ours
      wrote = true
    }
    // An empty cell at first touch has no event: nothing has happened to it.
    else if (state || !spelling.same(look.current, null)) {
      events.push(undated(look, known, spelling))
      setBack = countSetBack(setBack, before, 'unknown')
    }
  }
  const next = nextState(look, state, fresh.at(-1), ours !== undefined, written)
  return { events: lastOfEachTime(events), state: setBack ? { ...next, setBack } : next, wrote }
}

/** Nobody knows any more what came from whom: what stands there, also nothing, has stood since the erasure. */
function forgotten(look: Look, at: number, spelling: Spelling): Classified {
  const value = spelling.decode(look.current)
  return {
    events: [{ kind: 'base', at, value, by: 'unknown', atLatest: true, source: 'erasure' }],
    // What the CRM tells of the time before is nobody's any more.
    state: { seen: look.current, ours: false, historyAt: look.readAt },
    wrote: false,
  }
}

/** A value of ours that stands: what we sent, where we know it, and what it became. */
type Ours = { sent: Wire | undefined; landed: Wire }

/** How often one value of ours was changed by something that is no person, now that it no longer stands. */
function countSetBack(
  counted: CellState['setBack'],
  ours: Ours | undefined,
  author: HistoryEntry['author'],
): CellState['setBack'] {
  if (!ours || author === 'person') return counted
  const wire = ours.sent ?? ours.landed
  return { wire, times: counted?.wire === wire ? counted.times + 1 : 1 }
}

/** Oldest first. The CRM lists newest first, also where two entries bear the same time. */
function entriesAfter(time: number, newestFirst: HistoryEntry[]): HistoryEntry[] {
  return newestFirst
    .filter((entry) => entry.at.getTime() > time)
    .reverse()
    .sort((a, b) => a.at.getTime() - b.at.getTime())
}

/** Of several values at one time only the last ever stood. */
function lastOfEachTime(events: NoticedEvent[]): NoticedEvent[] {
  return events.filter((event, index) => events[index + 1]?.at !== event.at)
}

/** The entry as our own, or undefined where it is somebody else's. */
function claim(
  { author, value }: Pick<HistoryEntry, 'author' | 'value'>,
  before: Ours | undefined,
  known: Known,
  spelling: Spelling,
): Ours | undefined {
  const mayBeOurs = author === 'us' || author === 'unknown'
  // As what was sent has landed, which need not be what was sent.
  if (mayBeOurs && before?.sent !== undefined && spelling.same(before.landed, value))
    return { ...before, landed: value }
  const intent = known.intended.find((wire) => spelling.same(wire, value))
  switch (author) {
    case 'us':
      return { sent: intent ?? (known.openIntent ? known.intended[0] : known.state?.sent), landed: value }
    case 'unknown':
      return intent === undefined ? undefined : { sent: intent, landed: value }
    case 'automation':
      return before && isReformat(before.landed, value) ? { ...before, landed: value } : undefined
    default:
      return undefined
  }
}

function noticed(entry: HistoryEntry, known: Known, spelling: Spelling): NoticedEvent {
  const at = entry.at.getTime()
  return {
    kind: at < known.switchedOnAt ? 'base' : 'edited',
    at,
    value: spelling.decode(entry.value),
    by: entry.author === 'us' ? 'unknown' : entry.author,
    atLatest: entry.atLatest ?? false,
    source: entry.source,
  }
}

/**
 * A value whose time nobody kept: it stands at the record's last change, the latest it can be. At first touch our own
 * changes, of other fields, are none of it. Where we have seen another value since, it may have come between our reading
 * and our last write: a change by others that we know of is then too early.
 */
function undated(look: Look, known: Known, spelling: Spelling): NoticedEvent {
  return {
    kind: known.state ? 'edited' : 'base',
    at: (known.state ? look.changedAt : look.othersChangedAt) ?? look.readAt,
    value: spelling.decode(look.current),
    by: 'unknown',
    atLatest: true,
    source: 'record',
  }
}

function nextState(
  look: Look,
  state: CellState | undefined,
  newest: HistoryEntry | undefined,
  ours: boolean,
  written: Ours | undefined,
): CellState {
  const { unread, ...kept } = state ?? {}
  return {
    ...kept,
    ...(unread && look.history === null ? { unread } : {}),
    // History is read after the value, so what it ends with is the newer of the two.
    seen: newest ? newest.value : look.current,
    ours,
    historyAt: newest?.at.getTime() ?? state?.historyAt ?? null,
    ...(written?.sent === undefined ? {} : { sent: written.sent, landed: written.landed }),
  }
}
