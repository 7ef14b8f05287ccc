import { sql } from 'kysely'
import { followMerge, markGone } from '../../contacts/index.ts'
import type { CallCounts, WriteOutcome } from '../../crm/index.ts'
import { json, type Trx } from '../../db/index.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import { isDropped } from '../contribution-store.ts'
import { clearMarks, delayMarks, type Mark } from '../marks.ts'
import { moveLinks, unlink } from '../move-links.ts'
import type { PlannedRecord } from '../plan-records.ts'
import type { Decision } from '../says.ts'
import { saveCells } from '../timeline/store.ts'
import type { CellState } from '../timeline/types.ts'
import type { Intent } from './save-intents.ts'

/** How long a row waits whose outcome is "not now" or not known, where the CRM names no time of its own. */
const retryDelayMs = 30_000

export type PushResult = {
  pushId: string
  connection: string
  object: string
  marks: Mark[]
  planned: PlannedRecord[]
  intents: Intent[]
  outcomes: WriteOutcome[]
  counts: CallCounts
  next: SyncAnnouncements
}

/**
 * Stores what became of a push, in one transaction: the ledger's outcomes, what was sent and how it landed, the decisions
 * of every contribution, and the marks taken back. Rows that have to wait keep their mark and their contributions.
 * Returns the intents that were written.
 */
export async function saveOutcomes(trx: Trx, push: PushResult): Promise<Intent[]> {
  const { pushId, connection, planned, intents, outcomes, counts } = push
  const ends = intents.flatMap((intent, index) => {
    const outcome = outcomes[index]
    return outcome ? [{ intent, outcome }] : []
  })
  for (const { intent, outcome } of ends) await closeIntent(trx, intent, outcome)
  await saveCells(
    trx,
    ends.map(({ intent, outcome }) => ({ recordId: intent.recordId, cells: cellsAfter(intent, outcome) })),
  )

  const waiting = ends.filter(({ outcome }) => outcome.outcome === 'later' || outcome.outcome === 'unknown')
  const waitingIds = new Set(waiting.map(({ intent }) => intent.recordId))
  const delayMs = Math.max(retryDelayMs, ...waiting.map(({ outcome }) => outcome.retryAfterMs ?? 0))
  await delayMarks(trx, connection, [...waitingIds], delayMs)
  await clearMarks(
    trx,
    connection,
    push.marks.filter((mark) => !waitingIds.has(mark.recordId)),
  )

  const gone = new Set(ends.filter(({ outcome }) => outcome.outcome === 'missing').map(({ intent }) => intent.recordId))
  for (const record of planned) {
    if (record.reading === null) gone.add(record.facts.recordId)
    else if (record.reading.externalId !== record.facts.externalId)
      await follow(trx, push, record, record.reading.externalId)
  }

  const outcomeOf = new Map(ends.map(({ intent, outcome }) => [intent.recordId, outcome]))
  for (const record of planned) {
    if (waitingIds.has(record.facts.recordId)) continue
    await decideContributions(trx, pushId, record, outcomeOf.get(record.facts.recordId))
  }
  if (gone.size > 0) {
    await markGone(trx, [...gone])
    await unlink(trx, [...gone])
  }
  await trx
    .updateTable('pushes')
    .set({ read_calls: counts.read, history_calls: counts.history, write_calls: counts.write })
    .where('id', '=', pushId)
    .execute()
  return ends.filter(({ outcome }) => outcome.outcome === 'written').map(({ intent }) => intent)
}

async function closeIntent(trx: Trx, intent: Intent, outcome: WriteOutcome): Promise<void> {
  if (outcome.outcome === 'unknown') return
  const { reason, rejectedFields, values } = outcome
  await trx
    .updateTable('ledger')
    .set({
      outcome: outcome.outcome === 'later' ? 'unsent' : outcome.outcome,
      detail: json({ answered: values, rejectedFields, ...(reason === undefined ? {} : { reason }) }),
      answered_at: sql<Date>`now()`,
    })
    .where('id', '=', intent.ledgerId)
    .where('outcome', 'is', null)
    .execute()
}

function cellsAfter(intent: Intent, outcome: WriteOutcome): Record<string, CellState> {
  return Object.fromEntries(
    intent.cells.map((cell): [string, CellState] => {
      const wire = cell.act.after
      const state: CellState = { ...cell.classified.state, ...(cell.rule === '' ? {} : { rule: cell.rule }) }
      const reason = rejection(cell.field, outcome)
      if (reason !== undefined) return [cell.field, { ...state, rejected: { wire, rule: cell.rule, reason } }]
      if (outcome.outcome !== 'written') return [cell.field, state]
      const landed = outcome.values[cell.field] ?? wire
      const { rejected: _gone, ...clean } = state
      return [cell.field, { ...clean, seen: landed, ours: true, sent: wire, landed, unread: true }]
    }),
  )
}

function rejection(field: string, outcome: WriteOutcome): string | undefined {
  if (outcome.outcome === 'rejected') return outcome.reason ?? 'refused'
  return outcome.rejectedFields.find((rejected) => rejected.field === field)?.reason
}

async function decideContributions(
  trx: Trx,
  pushId: string,
  record: PlannedRecord,
  outcome?: WriteOutcome,
): Promise<void> {
  for (const [id, planned] of record.decisions) {
    const decisions = Object.entries(planned).map(([field, decision]): [string, Decision] => [
      field,
      decided(field, decision, outcome),
    ])
    await trx
      .updateTable('contributions')
      .set({
        state: 'current',
        decisions: json(Object.fromEntries(decisions)),
        push_id: pushId,
        decided_at: sql<Date>`now()`,
      })
      .where('id', '=', id)
      // What was paused or cancelled on its way here has been pushed all the same.
      .where((eb) => eb.or([eb('state', 'in', ['pending', 'held']), isDropped(eb)]))
      .execute()
  }
}

function decided(field: string, decision: Decision, outcome: WriteOutcome | undefined): Decision {
  if (!outcome || (decision.decision !== 'write' && decision.decision !== 'retract')) return decision
  if (outcome.outcome === 'missing') return { ...decision, decision: 'no_record', why: 'gone' }
  const why = rejection(field, outcome)
  return why === undefined ? decision : { ...decision, decision: 'rejected', why }
}

/** The CRM answered under another id: the record was merged, or its id changed. Its links and marks follow it. */
async function follow(trx: Trx, push: PushResult, record: PlannedRecord, newExternalId: string): Promise<void> {
  const { connection, object, next } = push
  const { externalId: askedId, recordId } = record.facts
  const survivor = await followMerge(trx, { connection, object, askedId, newExternalId })
  if (survivor !== recordId) await moveLinks(trx, { connection, from: recordId, to: survivor })
  next.recordsMarked(trx, connection)
}
