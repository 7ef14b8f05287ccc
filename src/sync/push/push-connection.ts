import { randomUUID } from 'node:crypto'
import { type CallCounts, type Crm, readSchema } from '../../crm/index.ts'
import { type Db, transact, withLock } from '../../db/index.ts'
import type { Log } from '../../log.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import { writePermissions } from '../mapping-store.ts'
import { nextMarks } from '../marks.ts'
import { planRecords } from '../plan-records.ts'
import { leaveMoved } from './leave-moved.ts'
import { readWhatLanded } from './read-what-landed.ts'
import { saveIntents } from './save-intents.ts'
import { saveOutcomes } from './save-outcomes.ts'

export type PushDeps = { db: Db; log: Log; now: () => Date; next: SyncAnnouncements }
export type PushReport = { records: number; written: number; calls: CallCounts }

// A field an admin adds shows up within a minute; a field that a write finds gone shows up at once.
const schemaMaxAgeMs = 60_000

/**
 * Pushes what is marked of one connection, batch by batch, until nothing is left or `signal` fires: read, history where it
 * tells something, fold, intent, write, outcome, and the history of what was just written. One pusher per connection, by an
 * advisory lock held for as long as it runs: a second one returns null at once. A crash at any point is taken up from the
 * intents. Throws the CRM's `AppError` where the CRM cannot be reached; marks then stay.
 */
export async function pushConnection(deps: PushDeps, crm: Crm, signal?: AbortSignal): Promise<PushReport | null> {
  return withLock(deps.db, `sync.push:${crm.connection}`, async () => {
    const report: PushReport = { records: 0, written: 0, calls: { read: 0, history: 0, write: 0 } }
    while (!signal?.aborted) {
      const batch = await pushBatch(deps, crm, report.calls)
      if (batch === null) break
      report.records += batch.records
      report.written += batch.written
    }
    return report
  })
}

async function pushBatch(deps: PushDeps, crm: Crm, total: CallCounts) {
  const { db, next } = deps
  const { connection } = crm
  const taken = await nextMarks(db, connection, crm.batchSize)
  if (taken === null) return null
  const { object, marks } = taken
  const fields = await readSchema({ db, crm }, object, { maxAgeMs: schemaMaxAgeMs })
  const mayWrite = await writePermissions(db)
  const counts: CallCounts = { read: 0, history: 0, write: 0 }
  const recordIds = marks.map((mark) => mark.recordId)
  const folded = await planRecords({ db, crm, fields, mayWrite, now: deps.now }, object, recordIds, counts)
  const planned = await leaveMoved({ db, crm, fields }, folded)

  const pushId = randomUUID()
  const intents = await transact(db, (trx) => saveIntents(trx, { pushId, connection, planned, marks }))
  const outcomes =
    intents.length > 0
      ? await crm.write(
          object,
          intents.map((intent) => intent.row),
          counts,
        )
      : []
  const written = await transact(db, (trx) =>
    saveOutcomes(trx, { pushId, connection, object, marks, planned, intents, outcomes, counts, next }),
  )
  await readWhatLanded({ db, crm, fields, next, now: deps.now }, { object, pushId, intents: written, counts })

  total.read += counts.read
  total.history += counts.history
  total.write += counts.write
  return { records: marks.length, written: written.length }
}
