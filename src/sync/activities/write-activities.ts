import {
  type ActivityKey,
  type ActivityOutcome,
  type ActivityRow,
  type CallCounts,
  type Crm,
  retryAfter,
} from '../../crm/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { PlannedRecord } from '../plan-records.ts'
import { refusalOf, refusedForMs, unknownWaitMs } from './plan-activities.ts'
import { removeActivities } from './remove-activities.ts'
import { type Claim, claimActivities, dropActivities, noteWrites, type Outcome, saveActivities } from './store.ts'
import type { PlannedActivity } from './types.ts'

/** How long an activity waits that could not be written now, where the CRM names no time of its own. */
export const retryDelayMs = 30_000

export type Ready = { planned: PlannedActivity; record: PlannedRecord }

export type WriteDeps = { db: Db; log: Log; crm: Crm; now: () => Date; counts: CallCounts }

/**
 * Writes activities to the CRM: notes what is about to be created, sends, and stores what became of it, in a fixed number of
 * statements. A crash leaves at most a note: by the key, or by looking for it, the next push finds out. Never throws for what a CRM
 * answers; returns for how long records have to be marked again, in ms.
 */
export async function writeActivities(deps: WriteDeps, ready: readonly Ready[]): Promise<Map<number, number>> {
  const waits = new Map<number, number>()
  const wait: Wait = (recordId, ms = retryDelayMs) => waits.set(recordId, Math.min(ms, waits.get(recordId) ?? ms))
  const open = ready.filter(({ planned }) => !planned.isObserved)
  for (const { planned } of open) if (planned.waitMs > 0) wait(planned.recordId, planned.waitMs)
  const going = open.filter(({ planned }) => planned.action === 'remove')
  const writing = open.filter(({ planned: { action } }) => ['create', 'update', 'move'].includes(action))
  if (deps.crm.activities === undefined || going.length + writing.length === 0) return waits
  await write(deps, writing, wait)
  await removeActivities(deps, going, wait)
  return waits
}

/** Has a record looked at again in so many ms, or soon. */
export type Wait = (recordId: number, ms?: number) => void

async function write(deps: WriteDeps, ready: readonly Ready[], wait: Wait) {
  const { db, crm, now, counts, log } = deps
  if (ready.length === 0 || !crm.activities) return
  const at = now()
  const creating = ready.filter(({ planned }) => planned.action === 'create')
  const keys = await keysFor(deps, creating, wait)
  const claims = creating.flatMap(({ planned }) => claimOf(planned, crm.connection, keys, at))
  const sinceAt = new Date(at.getTime() - unknownWaitMs)
  const claimed = await transact(db, (trx) => claimActivities(trx, claims, sinceAt))
  const claiming = new Set(claims.map(({ key }) => key))
  for (const { planned } of creating) {
    const { key = '' } = planned.draft ?? {}
    if (claiming.has(key) && !claimed.has(key)) wait(planned.recordId, unknownWaitMs)
  }
  const sending = ready.filter(({ planned: { action, draft } }) => action !== 'create' || claimed.has(draft?.key ?? ''))
  const outcomes = await crm.activities.write(sending.flatMap(rowOf), counts)

  const ends = sending.flatMap((each, place) => {
    const outcome = outcomes[place]
    return outcome ? [{ ...each, outcome }] : []
  })
  for (const { planned, outcome } of ends) {
    const ms = waitOf(planned, outcome)
    if (ms !== null) wait(planned.recordId, ms)
  }
  // Not the reasons: they may quote values.
  const failed = Object.entries(Object.groupBy(ends, ({ outcome }) => outcome.outcome)).flatMap(([name, those = []]) =>
    name === 'written' ? [] : [[name, those.length]],
  )
  if (failed.length > 0)
    log.info({ connection: crm.connection, ...Object.fromEntries(failed) }, 'activities not written')
  const isLost = ({ planned, outcome }: (typeof ends)[number]) =>
    planned.action === 'move' && outcome.outcome === 'missing'
  await transact(db, async (trx) => {
    // Conversations before activities, as whoever removes one takes them.
    await noteWrites(
      trx,
      ends.flatMap(({ planned: { runId, conversationId, action }, outcome }) => {
        if (runId === null || conversationId === null || outcome.outcome !== 'written') return []
        const { connection } = crm
        return [
          {
            runId,
            conversationId,
            connection,
            action: action === 'create' ? ('created' as const) : ('updated' as const),
          },
        ]
      }),
    )
    await saveActivities(
      trx,
      ends.flatMap(({ planned, outcome }) => afterOf(planned, outcome, crm.connection, at)),
    )
    // Gone with the record it hung on: on the one that it is to hang on now, it is made anew.
    await dropActivities(
      trx,
      ends.filter(isLost).flatMap(({ planned }) => planned.stored?.id ?? []),
    )
  })
}

/** The keys of what is to be created. Kinds of which the CRM does not tell wait: they keep no other from being written. */
async function keysFor({ crm, log }: WriteDeps, creating: readonly Ready[], wait: Wait): Promise<ActivityKey[]> {
  const keys: ActivityKey[] = []
  for (const [kind, those] of Map.groupBy(creating, ({ planned }) => planned.draft?.kind ?? 'call')) {
    try {
      keys.push(...((await crm.activities?.keys([kind])) ?? []))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      log.warn({ connection: crm.connection, code: error.code }, 'activities are written later')
      for (const { planned } of those) wait(planned.recordId, retryAfter(error))
    }
  }
  return keys
}

function claimOf(planned: PlannedActivity, connection: string, keys: readonly ActivityKey[], at: Date): Claim[] {
  const { conversationId, mapping, recordId, draft } = planned
  const key = keys.find(({ kinds }) => draft !== null && kinds.includes(draft.kind))
  if (conversationId === null || draft === null || key === undefined) return []
  const attemptedAt = key.isThere ? null : at.toISOString()
  return [{ conversationId, connection, mapping, recordId, kind: draft.kind, key: draft.key, attemptedAt }]
}

function rowOf({ planned, record }: Ready): ActivityRow[] {
  const { draft, stored } = planned
  if (draft === null || record.reading === null) return []
  const { externalId: recordId } = record.reading
  const isHere = stored?.recordId === planned.recordId
  const elsewhere = stored && !isHere ? stored.recordExternalId : null
  // What was not finished may not hang there yet.
  const hangsOn = isHere && stored.bodyHash !== null ? recordId : elsewhere
  const isUnsure = stored !== null && stored.attemptedAt !== null
  return [{ draft, activityId: stored?.externalId ?? null, recordId, hangsOn, isUnsure }]
}

/** How long until it is tried again; null: it is as it should be, or gone for good. */
function waitOf(planned: PlannedActivity, { outcome, retryAfterMs }: ActivityOutcome): number | null {
  if (outcome === 'unknown') return unknownWaitMs
  if (outcome === 'rejected') return refusedForMs
  if (outcome === 'later') return retryAfterMs ?? retryDelayMs
  return outcome === 'missing' && planned.action === 'move' ? 0 : null
}

function afterOf(planned: PlannedActivity, result: ActivityOutcome, connection: string, at: Date): Outcome[] {
  const { mapping, recordId, draft, hash, stored } = planned
  if (draft === null) return []
  const { outcome, activityId, reason = null, code = 'refused' } = result
  const before = stored?.attemptedAt?.toISOString() ?? null
  const externalId = activityId ?? stored?.externalId ?? null
  const isWritten = outcome === 'written'
  // Until a move is done, the activity hangs where it hung; and until a creation was sent anew, it may where it was sent to first.
  const mayHangThere = externalId !== null || (outcome === 'later' && before !== null)
  const isMoved = isWritten || stored === null || !mayHangThere
  return [
    {
      key: draft.key,
      connection,
      mapping,
      recordId: isMoved ? recordId : stored.recordId,
      externalId,
      bodyHash: isWritten ? hash : outcome === 'rejected' && externalId !== null ? (stored?.bodyHash ?? null) : null,
      attemptedAt:
        outcome === 'unknown' ? at.toISOString() : outcome === 'later' && externalId === null ? before : null,
      gone: outcome === 'missing' && planned.action === 'update',
      refusedHash: outcome === 'rejected' && hash !== null ? refusalOf(recordId, hash) : null,
      refusedAt: outcome === 'rejected' ? at.toISOString() : null,
      refusedCode: outcome === 'rejected' ? code : null,
      reason,
    },
  ]
}
