import type { HistoryEntry, Wire } from '../../crm/index.ts'
import type { Value } from '../../mapping/index.ts'
import type { CellState, NoticedEvent } from './types.ts'

/** What was read of one cell. `history` is null where it was not asked for. Times are epoch ms. */
export type Look = { current: Wire; changedAt: number | null; readAt: number; history: HistoryEntry[] | null }

export type Known = {
  state: CellState | undefined
  /** When a rule for this field was first switched on: what was set before is base, what came later is an edit. */
  switchedOnAt: number
  /** Values we meant to write at some time, outcomes known or not. */
  intended: Wire[]
  /** Whether an intent is without an outcome. */
  openIntent: boolean
}

/** How this CRM compares and types values of the field. */
export type Spelling = { same(a: Wire, b: Wire): boolean; decode(wire: Wire): Value }

export type Classified = { events: NoticedEvent[]; state: CellState }

/** Whether the history of a cell has to be read: first touch, a value we have not seen, or an intent whose end we do not know. */
export function needsHistory(known: Known, current: Wire, spelling: Spelling): boolean {
  const { state } = known
  return state === undefined || known.openIntent || state.unread === true || !spelling.same(current, state.seen)
}

/**
 * Tells our own values in a cell from changes by others, each of which becomes an event. Pure. Ours is: an entry by us; a
 * value equal to one we intended, unless history names someone else; an automation's change directly after ours that
 * equals it but for case, space and punctuation. ENGINE.md section 3.
 */
export function classify(look: Look, known: Known, spelling: Spelling): Classified {
  const { state } = known
  const fresh = (look.history ?? [])
    .filter((entry) => entry.at.getTime() > (state?.historyAt ?? Number.NEGATIVE_INFINITY))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
  const events: NoticedEvent[] = []
  let ours = state?.ours ? state.seen : undefined
  for (const entry of fresh) {
    if (isOurs(entry, ours, known, spelling)) ours = entry.value
    else {
      ours = undefined
      events.push(noticed(entry, known, spelling))
    }
  }
  if (fresh.length === 0 && !(state && spelling.same(look.current, state.seen))) {
    const isIntended = known.intended.some((wire) => spelling.same(wire, look.current))
    ours = isIntended ? look.current : undefined
    // An empty cell at first touch has no event: nothing has happened to it.
    if (!isIntended && (state || look.current !== null)) events.push(undated(look, known, spelling))
  }
  return { events, state: nextState(look, known, spelling, fresh, ours) }
}

function isOurs(entry: HistoryEntry, before: Wire | undefined, known: Known, spelling: Spelling): boolean {
  if (entry.author === 'us') return true
  if (entry.author === 'unknown') return known.intended.some((wire) => spelling.same(wire, entry.value))
  return entry.author === 'automation' && before !== undefined && loosely(before) === loosely(entry.value)
}

function loosely(wire: Wire): string {
  return (wire ?? '')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\p{P}\p{Z}\s]+/gu, '')
}

function noticed(entry: HistoryEntry, known: Known, spelling: Spelling): NoticedEvent {
  const at = entry.at.getTime()
  return {
    kind: at < known.switchedOnAt ? 'base' : 'edited',
    at,
    value: spelling.decode(entry.value),
    by: entry.author === 'us' ? 'unknown' : entry.author,
    atLatest: false,
    source: entry.source,
  }
}

/** A value whose time nobody kept: it stands at the record's last change, the latest it can be. */
function undated(look: Look, known: Known, spelling: Spelling): NoticedEvent {
  return {
    kind: known.state ? 'edited' : 'base',
    at: look.changedAt ?? look.readAt,
    value: spelling.decode(look.current),
    by: 'unknown',
    atLatest: true,
    source: 'record',
  }
}

function nextState(
  look: Look,
  known: Known,
  spelling: Spelling,
  fresh: HistoryEntry[],
  ours: Wire | undefined,
): CellState {
  const { state } = known
  const isOurs = ours !== undefined && spelling.same(ours, look.current)
  const { sent, landed, unread: _read, ...kept } = state ?? { historyAt: null }
  // An intent without an outcome that has become the current value was written after all.
  const intent = known.openIntent ? known.intended.find((wire) => spelling.same(wire, look.current)) : undefined
  const lastSent = isOurs && intent !== undefined ? intent : sent
  return {
    ...kept,
    seen: look.current,
    ours: isOurs,
    historyAt: fresh.at(-1)?.at.getTime() ?? state?.historyAt ?? null,
    ...(lastSent === undefined ? {} : { sent: lastSent }),
    ...(isOurs && lastSent !== undefined ? { landed: look.current } : landed === undefined ? {} : { landed }),
  }
}
