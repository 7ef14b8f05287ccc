import { type ContactsAnnouncements, followMerge, importLock, takeGone } from '../../contacts/index.ts'
import {
  type CallCounts,
  type CrmField,
  fieldPrint,
  type GoneRecord,
  type RejectedField,
  type WriteOutcome,
} from '../../crm/index.ts'
import { lockUntilEnd, type Trx } from '../../db/index.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import { type Decided, decideContributions, decideInPart } from '../contribution-store.ts'
import { activityReason, clearMarks, type Delay, delayMarks, type Mark } from '../marks.ts'
import { moveLinks, straightenLinks, unlink } from '../move-links.ts'
import type { PlannedRecord } from '../plan-records.ts'
import type { Decision } from '../says.ts'
import { saveCells } from '../timeline/store.ts'
import type { CellState } from '../timeline/types.ts'
import { decideUndoneCells, type UndoneCell, undoneCell } from '../undo-cells.ts'
import { closeIntents, type IntentEnd, savePushCalls } from './ledger-store.ts'
import { type Intent, newestRun } from './save-intents.ts'

/** How long a row waits whose outcome is "not now" or not known, where the CRM names no time of its own. */
const retryDelayMs = 30_000

const untouched: Decision = { decision: 'equal', rule: '' }
const isGone: Decision = { decision: 'no_record', why: 'gone', rule: '' }

export type PushResult = {
  pushId: string
  connection: string
  object: string
  marks: Mark[]
  planned: PlannedRecord[]
  intents: Intent[]
  outcomes: WriteOutcome[]
  /** The object's fields as they are now, also where a refusal has told that they are not what they were. */
  fields: readonly CrmField[]
  /** The records that were found gone (`recordsGone`), and how they ended. */
  gone: readonly GoneRecord[]
  counts: CallCounts
  next: SyncAnnouncements & ContactsAnnouncements
  /** Records with an activity that has to be written later, and in how many ms. */
  waits: ReadonlyMap<number, number>
}

/**
 * Stores what became of a push, in one transaction: the ledger's outcomes, what was sent and how it landed, the decisions
 * of every contribution, and the marks taken back. Rows that have to wait keep their mark and their contributions, and so do
 * records with a cell that is held.
 * Returns the intents that were written.
 */
export async function saveOutcomes(trx: Trx, push: PushResult): Promise<Intent[]> {
  const { pushId, connection, planned, intents, outcomes, counts } = push
  // As an import does that takes over the same ends, and before any row is locked.
  if (push.gone.length > 0) await lockUntilEnd(trx, importLock)
  const ends = intents.flatMap((intent, index) => {
    const outcome = outcomes[index]
    return outcome ? [{ intent, outcome }] : []
  })
  await closeIntents(trx, ends.flatMap(endOf))
  const schema = new Map(push.fields.map((field) => [field.name, field]))
  await saveCells(
    trx,
    ends.map(({ intent, outcome }) => ({ recordId: intent.recordId, cells: cellsAfter(intent, outcome, schema) })),
  )

  for (const record of planned) {
    if (record.reading !== null && record.reading.externalId !== record.facts.externalId)
      await follow(trx, push, record, record.reading.externalId)
  }

  await takeGone(trx, push.next, push, push.gone)
  const livesOn = new Set(push.gone.flatMap((end) => (end.became?.object === push.object ? [end.externalId] : [])))
  // Also what was linked to one that an import had found gone meanwhile.
  const gone = recordsGone(push).filter(({ externalId }) => !livesOn.has(externalId))
  await unlink(
    trx,
    gone.map(({ recordId }) => recordId),
  )
  const planIds = new Set(planned.map((record) => record.facts.recordId))
  const unknown = push.marks.map((mark) => mark.recordId).filter((recordId) => !planIds.has(recordId))
  await straightenLinks(trx, connection, unknown)

  const waiting = ends.filter(({ outcome }) => outcome.outcome === 'later' || outcome.outcome === 'unknown')
  const waitingIds = new Set(waiting.map(({ intent }) => intent.recordId))
  const outcomeOf = new Map(ends.map(({ intent, outcome }) => [intent.recordId, outcome]))
  const ended = planned.filter((record) => !waitingIds.has(record.facts.recordId))
  const decided = ended.flatMap((record) => decidedOf(record, outcomeOf.get(record.facts.recordId)))
  await decideContributions(
    trx,
    pushId,
    decided.filter((each) => !isHeld(each)),
  )
  await decideInPart(trx, decided.filter(isHeld))

  const endedById = new Map(ended.map((record) => [record.facts.recordId, record]))
  await decideUndoneCells(
    trx,
    connection,
    push.marks.flatMap(({ recordId, seq }) =>
      waitingIds.has(recordId)
        ? []
        : [{ recordId, seq, otherwise: endedById.get(recordId)?.reading ? untouched : isGone }],
    ),
    ended.flatMap((record) => undoneOf(record, outcomeOf.get(record.facts.recordId))),
  )

  // Marks last, as whoever contributes takes them after the contributions: the other way round, the two could deadlock.
  const waitMs = Math.max(0, ...waiting.map(({ outcome }) => outcome.retryAfterMs ?? retryDelayMs))
  const heldMs = new Map(ended.flatMap(heldFor))
  const delays = push.marks.flatMap((mark): Delay[] => {
    const { recordId } = mark
    const forCells = waitingIds.has(recordId) ? waitMs : heldMs.get(recordId)
    const waits = [push.waits.get(recordId), forCells].flatMap((ms) => ms ?? [])
    if (waits.length === 0) return []
    // What is decided no longer names its runs: without the mark, what is left would be nobody's, and no plan's.
    const facts = endedById.get(recordId)?.facts
    const runId = facts ? newestRun(facts, [mark]) : null
    return [{ mark, delayMs: Math.min(...waits), runId, ...(forCells === undefined && { reason: activityReason }) }]
  })
  await delayMarks(trx, connection, delays)
  const delayed = new Set(delays.map(({ mark }) => mark))
  await clearMarks(
    trx,
    connection,
    push.marks.filter((mark) => !delayed.has(mark)),
  )
  await savePushCalls(trx, pushId, counts)
  return ends.filter(({ outcome }) => outcome.outcome === 'written').map(({ intent }) => intent)
}

/** Records that the CRM was found to have no more: when they were read, or only when they were written. Pure. */
export function recordsGone({ planned, intents, outcomes }: Pick<PushResult, 'planned' | 'intents' | 'outcomes'>) {
  const missing = new Set(
    intents.flatMap(({ recordId }, index) => (outcomes[index]?.outcome === 'missing' ? [recordId] : [])),
  )
  const gone = planned.filter(({ facts, reading }) => reading === null || missing.has(facts.recordId))
  return gone.map(({ facts: { recordId, externalId } }) => ({ recordId, externalId }))
}

function endOf({ intent, outcome: end }: { intent: Intent; outcome: WriteOutcome }): IntentEnd[] {
  const { outcome, values, rejectedFields, reason, code } = end
  if (outcome === 'unknown') return []
  const detail = { answered: values, rejectedFields, ...(reason !== undefined && { reason }), ...(code && { code }) }
  return [{ id: intent.ledgerId, outcome: outcome === 'later' ? 'unsent' : outcome, detail }]
}

function cellsAfter(
  intent: Intent,
  outcome: WriteOutcome,
  schema: ReadonlyMap<string, CrmField>,
): Record<string, CellState> {
  return Object.fromEntries(
    intent.cells.map((cell): [string, CellState] => {
      const wire = cell.act.after
      const state: CellState = { ...cell.classified.state, ...(cell.rule === '' ? {} : { rule: cell.rule }) }
      const refused = rejection(cell.field, outcome)
      if (refused !== undefined) {
        const print = fieldPrint(schema.get(cell.field))
        return [cell.field, { ...state, rejected: { wire, rule: cell.rule, print, ...refused } }]
      }
      if (outcome.outcome !== 'written') return [cell.field, state]
      const answered = outcome.values[cell.field]
      const landed = answered === undefined ? wire : answered
      const { rejected: _gone, ...clean } = state
      const unread = schema.get(cell.field)?.hasHistory ? ({ unread: true } as const) : {}
      return [cell.field, { ...clean, seen: landed, ours: true, sent: wire, landed, ...unread }]
    }),
  )
}

/** Why a field was not written: what is said of itself, else of its row. */
function rejection(
  field: string,
  { outcome, rejectedFields, reason = 'refused', code }: WriteOutcome,
): (Pick<RejectedField, 'reason'> & { code?: string }) | undefined {
  const own = rejectedFields.find((rejected) => rejected.field === field)
  if (own) return { reason: own.reason, code: own.code }
  return outcome === 'rejected' ? { reason, ...(code !== undefined && { code }) } : undefined
}

/** How long a record waits for those of its cells that are held. */
function heldFor({ facts, cells }: PlannedRecord): [number, number][] {
  const waits = cells.flatMap(({ act }) => (act.action === 'held' ? [act.retryMs ?? 0] : []))
  return waits.length > 0 ? [[facts.recordId, Math.min(...waits)]] : []
}

function isHeld({ decisions }: Decided): boolean {
  return Object.values(decisions).some(({ decision }) => decision === 'held')
}

function decidedOf(record: PlannedRecord, outcome: WriteOutcome | undefined): Decided[] {
  return [...record.decisions].map(([id, planned]) => ({
    id,
    decisions: Object.fromEntries(
      Object.entries(planned).map(([field, decision]) => [field, decided(field, decision, outcome)]),
    ),
  }))
}

function decided(field: string, decision: Decision, outcome: WriteOutcome | undefined): Decision {
  if (!outcome || (decision.decision !== 'write' && decision.decision !== 'retract')) return decision
  if (outcome.outcome === 'missing') return { ...decision, decision: 'no_record', why: 'gone' }
  const refused = rejection(field, outcome)
  if (refused === undefined) return decision
  const { reason: why, code } = refused
  return { ...decision, decision: 'rejected', why, ...(code !== undefined && { code }) }
}

/** What an undo has done to a record; where it reached a field that nothing was ever written to, nothing was to be done. */
function undoneOf(record: PlannedRecord, outcome: WriteOutcome | undefined): UndoneCell[] {
  const { recordId } = record.facts
  return record.cells.map((cell) => {
    const undone = undoneCell(recordId, cell)
    const decision = decided(cell.field, undone.decision, outcome)
    const isWritten = decision.decision === 'write' || decision.decision === 'retract'
    return { ...undone, after: isWritten ? undone.after : undone.before, decision }
  })
}

/** The CRM answered under another id: the record was merged, or its id changed. Its links and marks follow it. */
async function follow(trx: Trx, push: PushResult, record: PlannedRecord, newExternalId: string): Promise<void> {
  const { connection, object, next } = push
  const { externalId: askedId, recordId } = record.facts
  const survivor = await followMerge(trx, { connection, object, askedId, newExternalId })
  if (survivor !== recordId) await moveLinks(trx, { connection, from: recordId, to: survivor })
  next.recordsMarked(trx, connection)
}
