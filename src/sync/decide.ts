import type { Wire } from '../crm/index.ts'
import { type Folded, isStep, type Says, type TimelineEvent } from '../mapping/index.ts'
import { type Decision, type DecisionKind, decisionKinds } from './says.ts'
import type { CellState } from './timeline/types.ts'
import type { Voices } from './timeline/voices.ts'

/** What a push does with one cell. `after` is what the cell should hold, in the CRM's spelling. */
export type Action = {
  action: 'write' | 'retract' | 'observed' | 'rejected' | 'contested' | 'held' | 'moved' | 'equal'
  after: Wire
  why?: string
  /** Of what is rejected by the CRM, see `Decision`. */
  code?: string
  /** Of what is held: after how long it is worth another try. */
  retryMs?: number
}

/** So often a value is written that something which is no person sets back: a workflow would answer for ever. */
const mostSetBacks = 3

/**
 * Whether to write a cell. Pure. Nothing is written where the fold is what stands there, or is what we last sent and it
 * still stands as it landed; nor where nothing is said and nothing was ever ours. Else the fold decides, also for empty:
 * what a push had to do with it before must not matter.
 * Writing what nobody said is a retraction: our value has lost its support, and what stood before returns.
 */
export function actOn(cell: {
  folded: Folded
  wanted: { wire: Wire } | { refused: string }
  current: Wire
  state: CellState
  rule: string
  /** What kind of field it is now, by `fieldPrint`. */
  print(): string
  anythingSaid: boolean
  mayWrite: boolean
  same(a: Wire, b: Wire): boolean
}): Action {
  const { wanted, current, state, same } = cell
  const equal: Action = { action: 'equal', after: current }
  const isSaid = cell.folded.decidedBy !== null && isStep(cell.folded.decidedBy)
  const weWrote = state.ours || state.sent !== undefined
  if (!cell.anythingSaid && !weWrote) return equal
  if ('refused' in wanted) {
    // What others set stands there already, even where the field would not take it once more.
    if (!isSaid && !state.ours) return equal
    return { action: cell.mayWrite ? 'rejected' : 'observed', after: current, why: wanted.refused }
  }
  const after = wanted.wire
  const standsAsSent =
    state.sent !== undefined && state.landed !== undefined && same(after, state.sent) && same(current, state.landed)
  if (same(after, current) || standsAsSent) return equal
  if (!cell.mayWrite) return { action: 'observed', after }
  const { rejected } = state
  if (rejected && rejected.rule === cell.rule && isOfField(rejected, cell.print()) && same(rejected.wire, after)) {
    const { reason: why, code } = rejected
    return { action: 'rejected', after, why, ...(code !== undefined && { code }) }
  }
  const { setBack } = state
  if (setBack && setBack.times >= mostSetBacks && same(setBack.wire, after)) return { action: 'contested', after }
  return { action: isSaid ? 'write' : 'retract', after }
}

/** Older refusals do not tell of which kind the field was: it counts as unchanged. */
function isOfField({ print }: NonNullable<CellState['rejected']>, now: string): boolean {
  return print === undefined || print === now
}

/** The decision on a cell as one conversation's contribution sees it: the first kind that applies. Pure. */
export function decisionFor(
  conversationId: string,
  cell: { act: Action; folded: Folded; voices: Voices | null; rule: string; refused: Map<string, string> },
  says: Says,
): Decision {
  const { act, folded, rule } = cell
  const by = folded.decidedBy === null ? undefined : eventLabel(folded.decidedBy)
  const decided = (decision: DecisionKind, reason?: string): Decision => {
    const why = reason ?? neverAskedSince(cell)
    return { decision, rule, ...(by === undefined ? {} : { by }), ...(why === undefined ? {} : { why }) }
  }
  const { code } = act
  if (act.action === 'observed' || act.action === 'rejected')
    return { ...decided(act.action, act.why), ...(code !== undefined && { code }) }
  const refused = cell.refused.get(conversationId)
  if (refused !== undefined) return decided('rejected', refused)
  if (act.action !== 'equal') return decided(act.action, act.why)
  const { decidedBy } = folded
  if (says.says === 'value' && decidedBy !== null) {
    if (!isStep(decidedBy)) return decided(decidedBy.kind === 'edited' ? 'kept_edit' : 'kept_existing')
    const mode = cell.voices?.rule.mode
    const isItsOwn = decidedBy.kind === 'said' && decidedBy.conversationId === conversationId
    if (mode === 'fill_if_empty' && !isItsOwn) return decided('filled_earlier')
    // What a conversation adds to a sum is in it, whoever spoke last.
    const addsUp = mode === 'union' || mode === 'count' || mode === 'any' || mode === 'merge'
    return decided(addsUp || isItsOwn ? 'equal' : 'superseded')
  }
  if (says.says === 'value') return decided('equal')
  if (says.why === 'not_translated') return decided('not_translated')
  return decided(says.says === 'nothing' ? 'nothing_said' : 'silent', says.why)
}

const mostNamed = 3

/** The conversations after the deciding one that no run has asked for the field: what they would say, nobody knows. */
function neverAskedSince({ folded, voices }: { folded: Folded; voices: Voices | null }): string | undefined {
  const { decidedBy } = folded
  if (!voices || decidedBy === null || !isStep(decidedBy)) return undefined
  const place = voices.voices.findIndex(({ linked }) => linked.conversationId === decidedBy.conversationId)
  const ids = voices.voices.slice(place + 1).flatMap(({ linked, says }) => {
    const isAsked = says.says !== 'silent' || (says.why !== 'not_asked' && says.why !== 'never_analysed')
    return isAsked ? [] : [linked.conversationId]
  })
  if (place === -1 || ids.length === 0) return undefined
  const more = ids.length > mostNamed ? ` and ${ids.length - mostNamed} more` : ''
  return `never asked since: ${ids.slice(0, mostNamed).join(', ')}${more}`
}

/** The one decision on a cell out of what its contributions saw. */
export function foremost(decisions: readonly Decision[]): Decision | undefined {
  return [...decisions].sort((a, b) => decisionKinds.indexOf(a.decision) - decisionKinds.indexOf(b.decision))[0]
}

/** An event in a few words: the conversation that said it, or who set it and when. */
export function eventLabel(event: TimelineEvent): string {
  const when = Number.isFinite(event.at) ? new Date(event.at).toISOString() : 'an unknown time'
  if (isStep(event)) return event.kind === 'said' ? event.conversationId : `a conversation of ${when}, settled`
  const setter = event.by === 'unknown' ? 'somebody' : event.by === 'person' ? 'a person' : `an ${event.by}`
  return `${event.kind === 'base' ? 'set before us' : 'edited'} by ${setter} ${event.atLatest ? 'at the latest ' : ''}at ${when}`
}
