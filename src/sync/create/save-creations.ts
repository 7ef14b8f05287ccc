import { randomUUID } from 'node:crypto'
import { type ContactsAnnouncements, fieldsToScan, type ImportPlan, takeCreated } from '../../contacts/index.ts'
import type { CallCounts, CreateOutcome, Crm } from '../../crm/index.ts'
import { type Db, transact } from '../../db/index.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import { decideContributions } from '../contribution-store.ts'
import { insertPush, savePushCalls } from '../push/ledger-store.ts'
import type { Decision } from '../says.ts'
import type { MarkedCandidate } from './load-candidates.ts'
import { markFound } from './mark-found.ts'
import { type Made, noteCreated } from './note-created.ts'
import { clearCreations, delayCreations } from './store.ts'
import type { NewRecord } from './types.ts'

type Ended = { record: NewRecord<MarkedCandidate>; outcome: CreateOutcome }

/**
 * Stores what became of records that were to be created: who is there now is read and taken over as from an
 * import, noted as ours where we made it, and its conversations are linked and marked for push; what the CRM refused is decided
 * `rejected`; what has to wait keeps its marks.
 */
export async function saveCreations(
  deps: { db: Db; crm: Crm; now: () => Date; next: SyncAnnouncements & ContactsAnnouncements },
  push: { plan: ImportPlan; outcomes: Ended[]; counts: CallCounts; retryDelayMs: number },
): Promise<void> {
  const { db, crm, now, next } = deps
  const { plan, outcomes, counts, retryDelayMs } = push
  if (outcomes.length === 0) return
  const { connection, object } = plan
  const there = outcomes.flatMap(({ record, outcome: { outcome, externalId } }) =>
    externalId === null ? [] : [{ record, externalId, isNew: outcome === 'created' }],
  )
  const ids = there.map(({ externalId }) => externalId)
  // By id, which no index lags behind: what the CRM has made of the numbers counts, not what we sent.
  const readings = ids.length > 0 ? await crm.read(object, ids, fieldsToScan(plan), counts) : new Map()
  const marksOf = ({ candidates }: Ended['record']) => candidates.map(({ mark }) => mark)
  const pushId = randomUUID()
  // By itself: whoever contributes takes records' marks after contributions, and what is taken over below marks records.
  await transact(db, async (trx) => {
    await insertPush(trx, { pushId, connection, records: outcomes.length })
    const refused = outcomes.filter(({ outcome }) => outcome.outcome === 'rejected')
    const decided = refused.flatMap(decisionsOf).sort((a, b) => a.id - b.id)
    await decideContributions(trx, pushId, decided)
    await clearCreations(
      trx,
      refused.flatMap(({ record }) => marksOf(record)),
    )
    await delayCreations(
      trx,
      outcomes
        .filter(({ outcome }) => outcome.outcome === 'later')
        .flatMap(({ record, outcome: { retryAfterMs } }) =>
          marksOf(record).map((mark) => ({ mark, delayMs: retryAfterMs ?? retryDelayMs })),
        ),
    )
    await savePushCalls(trx, pushId, counts)
  })
  if (there.length === 0) return
  await transact(db, async (trx) => {
    const records = [...readings.values()].map((reading) => ({ ...reading, mergedIds: [] }))
    const known = await takeCreated(trx, next, { plan, records, at: now() })
    const made: Made[] = []
    for (const { record, externalId, isNew } of there) {
      const recordId = known.get(readings.get(externalId)?.externalId ?? externalId)
      const marks = marksOf(record)
      // Found, and sent before: the answer was lost then.
      const wasSent = marks.some((mark) => mark.sent?.key === record.key && mark.sent.keyField === record.keyField)
      const runId = Math.max(...marks.map((mark) => mark.runId))
      const sent = { key: record.key, keyField: record.keyField, values: record.values }
      if (recordId !== undefined && (isNew || wasSent)) made.push({ recordId, runId, sent, isRead: !isNew })
    }
    // The import's own linking goes by the mappings in force; these were made for their run's.
    await markFound(
      trx,
      next,
      connection,
      there.flatMap(({ record }) => record.candidates),
    )
    await noteCreated(trx, connection, made, pushId)
    await clearCreations(
      trx,
      there.flatMap(({ record }) => marksOf(record)),
    )
  })
}

function decisionsOf({ record, outcome }: Ended) {
  const { reason = 'refused', code } = outcome
  return record.candidates.flatMap(({ contributionIds, vals }) => {
    const decisions = Object.entries(vals).map(([field, { rule }]): [string, Decision] => {
      const why = `its record could not be created: ${reason}`
      return [field, { decision: 'rejected', why, ...(code !== undefined && { code }), rule }]
    })
    return contributionIds.map((id) => ({ id, decisions: Object.fromEntries(decisions) }))
  })
}
