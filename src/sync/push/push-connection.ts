import { randomUUID } from 'node:crypto'
import { type ContactsAnnouncements, findEnds } from '../../contacts/index.ts'
import { type CallCounts, type Crm, readSchema } from '../../crm/index.ts'
import { type Db, transact, withLock } from '../../db/index.ts'
import { type Hold, type Paces, paceHold, quietHold, recordsFree } from '../../limits/index.ts'
import type { Log } from '../../log.ts'
import type { Model } from '../../model/index.ts'
import { planActivities } from '../activities/plan-activities.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import { createRecords } from '../create/create-records.ts'
import { writePermissions } from '../mapping-store.ts'
import { isMarked, leastPriority, type Mark, nextMarks } from '../marks.ts'
import { openMerger } from '../merge/open-merger.ts'
import { planRecords } from '../plan-records.ts'
import type { RecordFacts } from '../timeline/load-facts.ts'
import { forgive } from './forgive.ts'
import { freshSchema, withFreshSchema } from './fresh-schema.ts'
import { leaveMoved } from './leave-moved.ts'
import { logActivities } from './log-activities.ts'
import { readWhatLanded } from './read-what-landed.ts'
import { newestRun, saveIntents } from './save-intents.ts'
import { recordsGone, saveOutcomes } from './save-outcomes.ts'
import { withinPace } from './within-pace.ts'

export type PushDeps = {
  db: Db
  log: Log
  model: Model
  now: () => Date
  next: SyncAnnouncements & ContactsAnnouncements
  paces?: Paces
}
/** `hold`: why marks were left, and when they go on by themselves. */
export type PushReport = { records: number; written: number; calls: CallCounts; hold: Hold | null }

// A field an admin adds shows up within a minute; a field that a write finds gone shows up at once.
const schemaMaxAgeMs = 60_000

/** The lock of a connection's one pusher. */
export function pushLock(connection: string): string {
  return `sync.push:${connection}`
}

/**
 * Pushes what is marked of one connection, batch by batch, until nothing is left or `signal` fires: records that are to be created, read, history where it
 * tells something, fold, texts that a model merges, intent, write, outcome, and the history of what was just written. A cell
 * whose text cannot be had now is held, and its record marked for later. One pusher per connection, by an
 * advisory lock held for as long as it runs: a second one returns null at once. A crash at any point is taken up from the
 * intents. Ends early where the connection's pace is used up or its quiet hours leave only what a person asked for: the other
 * marks stay as they are. Throws the CRM's `AppError` where the CRM cannot be reached; marks then stay, too.
 */
export async function pushConnection(deps: PushDeps, crm: Crm, signal?: AbortSignal): Promise<PushReport | null> {
  return withLock(deps.db, pushLock(crm.connection), async () => {
    const report: PushReport = { records: 0, written: 0, calls: { read: 0, history: 0, write: 0 }, hold: null }
    const { db, paces = new Map() } = deps
    const { connection, batchSize } = crm
    const merger = openMerger(deps, signal)
    // How many of the records looked at want a write: a batch is as large as the pace most likely lets it be written.
    let share = 1
    while (!signal?.aborted) {
      const quiet = quietHold(paces, connection, deps.now())
      const free = await recordsFree({ db, paces }, connection)
      const most = Math.min(batchSize, Math.ceil(free / share))
      const made =
        most < 1
          ? null
          : await createRecords({ ...deps, paces }, crm, { most, atLeast: leastPriority(quiet), counts: report.calls })
      if (made !== null && made.looked > 0 && made.left === 0) continue
      const taken = most < 1 ? null : await nextMarks(db, connection, most, leastPriority(quiet))
      if (taken === null) {
        const hold = most < 1 ? paceHold(paces, connection, deps.now()) : quiet
        if (hold !== null && (await isMarked(db, connection))) report.hold = hold
        break
      }
      const batch = await pushBatch({ ...deps, paces, merger }, crm, taken, report.calls)
      report.records += batch.records
      report.written += batch.written
      share = Math.max(batch.toWrite / taken.marks.length, 1 / batchSize)
    }
    return report
  })
}

async function pushBatch(
  deps: PushDeps & { paces: Paces; merger: ReturnType<typeof openMerger> },
  crm: Crm,
  { object, marks: taken }: { object: string; marks: Mark[] },
  total: CallCounts,
) {
  const { db, next } = deps
  const { connection } = crm
  const stored = await readSchema({ db, crm }, object, { maxAgeMs: schemaMaxAgeMs })
  const mayWrite = await writePermissions(db)
  const counts: CallCounts = { read: 0, history: 0, write: 0 }
  const recordIds = taken.map((mark) => mark.recordId)
  const makeMerges = deps.merger((facts) => newestRun(facts, taken) ?? newestRelease(facts))
  const planning = { db, crm, mayWrite, now: deps.now, makeMerges, suppose: forgive(taken) }
  const { fields, folded } = await withFreshSchema({ db, crm, fields: stored }, object, async (fields) => {
    return { fields, folded: await planRecords({ ...planning, fields }, object, recordIds, counts) }
  })
  const looked = await leaveMoved({ db, crm, fields }, folded, taken)
  const logged = await planActivities(
    { db, connection, mayWrite, now: deps.now },
    looked.flatMap(({ facts, reading }) => (reading ? [facts] : [])),
    taken,
  )
  const { marks, planned, toWrite } = await withinPace(deps, connection, { marks: taken, planned: looked, logged })

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
  const { waits, failure } = await logActivities({ ...deps, crm, counts }, { planned, logged, intents, outcomes })
  const known = await freshSchema({ db, crm, fields }, object, outcomes)
  const missing = recordsGone({ planned, intents, outcomes }).map(({ externalId }) => externalId)
  const gone = await findEnds(crm, object, missing)
  const ended = {
    pushId,
    connection,
    object,
    marks,
    planned,
    intents,
    outcomes,
    fields: known,
    gone,
    counts,
    next,
    waits,
  }
  const written = await transact(db, (trx) => saveOutcomes(trx, ended))
  await readWhatLanded({ db, crm, fields, next, now: deps.now }, { object, pushId, intents: written, counts })
  if (failure) throw failure.error

  total.read += counts.read
  total.history += counts.history
  total.write += counts.write
  return { records: marks.length, written: written.length, toWrite }
}

/** Where no run waits for the push, an edit has caused it: what was said since is merged on top, for the run that said it last. */
function newestRelease({ releases }: RecordFacts): number | null {
  return releases.length > 0 ? Math.max(...releases.map((release) => release.runId)) : null
}
