import { randomUUID } from 'node:crypto'
import { type ContactsAnnouncements, findEnds } from '../../contacts/index.ts'
import { type CallCounts, type Crm, type CrmField, readSchema } from '../../crm/index.ts'
import { type Db, transact, withLock } from '../../db/index.ts'
import { dayHold, type Hold, inBackground, type Paces, paceHold, quietHold, recordsFree } from '../../limits/index.ts'
import type { Log } from '../../log.ts'
import type { Model } from '../../model/index.ts'
import { planActivities } from '../activities/plan-activities.ts'
import type { PushAnnouncements, SyncAnnouncements } from '../announcements.ts'
import { createRecords } from '../create/create-records.ts'
import { writePermissions } from '../mapping-store.ts'
import { isMarked, leastPriority, nextMarks } from '../marks.ts'
import { openMerger } from '../merge/open-merger.ts'
import { planRecords } from '../plan-records.ts'
import type { RecordFacts } from '../timeline/load-facts.ts'
import { flyBatches } from './fly-batches.ts'
import { forgive } from './forgive.ts'
import { freshSchema, withFreshSchema } from './fresh-schema.ts'
import { leaveMerged } from './leave-merged.ts'
import { leaveMoved } from './leave-moved.ts'
import { leaveStopped } from './leave-stopped.ts'
import { logActivities } from './log-activities.ts'
import { newestRun, saveIntents } from './save-intents.ts'
import { recordsGone, saveOutcomes } from './save-outcomes.ts'
import { tellRefusals } from './tell-refusals.ts'
import { withinPace } from './within-pace.ts'

export type PushDeps = {
  db: Db
  log: Log
  model: Model
  now: () => Date
  next: SyncAnnouncements & PushAnnouncements & ContactsAnnouncements
  paces?: Paces
}
/** `hold`: why marks were left, and when they go on by themselves. */
export type PushReport = { records: number; written: number; calls: CallCounts; hold: Hold | null }

type Taken = NonNullable<Awaited<ReturnType<typeof nextMarks>>>

// A field an admin adds shows up within a minute; a field that a write finds gone shows up at once.
const schemaMaxAgeMs = 60_000

/** The lock of a connection's one pusher. */
export function pushLock(connection: string): string {
  return `sync.push:${connection}`
}

/**
 * Pushes what is marked of one connection, batch by batch, until nothing is left or `signal` fires: records that are to be created,
 * read, history where it tells something, fold, texts that a model merges, intent, write and outcome; what the history tells of
 * what was written, `readWhatLanded` reads later. A cell whose text cannot be had now is held, and its record marked for later.
 * One pusher per connection, by an advisory lock held for as long as it runs: a second one returns null at once. Within it several
 * batches may be under way, never two with the same record. A crash at any point is taken up from the intents. Ends early where the
 * connection's pace is used up, or its quiet hours or its account's day of calls leave only what a person asked for: the other
 * marks stay as they are. Throws the CRM's `AppError` where the CRM cannot be reached; marks then stay, too.
 */
export async function pushConnection(deps: PushDeps, crm: Crm, signal?: AbortSignal): Promise<PushReport | null> {
  return withLock(deps.db, pushLock(crm.connection), async () => {
    const report: PushReport = { records: 0, written: 0, calls: { read: 0, history: 0, write: 0 }, hold: null }
    const { db, paces = new Map() } = deps
    const { connection } = crm
    const merger = openMerger(deps, signal)
    const fieldsOf = askedOnce((object) => readSchema({ db, crm }, object, { maxAgeMs: schemaMaxAgeMs }))
    // How many of the records looked at want a write: a batch is as large as the pace most likely lets it be written.
    let share = 1
    let hold: Hold | null = null

    async function take(except: readonly number[]) {
      if (signal?.aborted) return null
      const day = await dayHold(deps, connection)
      const quiet = quietHold(paces, connection, deps.now()) ?? (day && { why: day.why, until: day.until })
      const free = day?.isUsedUp ? 0 : await recordsFree({ db, paces }, connection)
      const most = Math.min(crm.batchSize, Math.ceil(free / share))
      const atLeast = leastPriority(quiet)
      const ask = { most, atLeast, counts: report.calls }
      for (let isOver = most < 1; !isOver && !signal?.aborted; ) {
        const { looked, left } = await createRecords({ ...deps, paces }, crm, ask)
        isOver = looked === 0 || left > 0
      }
      const taken = most < 1 ? null : await nextMarks(db, connection, most, atLeast, except)
      hold = most < 1 && !day?.isUsedUp ? paceHold(paces, connection, deps.now()) : quiet
      return taken
    }

    async function push(taken: Taken, isAlone: boolean) {
      const work = () => pushBatch({ ...deps, paces, merger, fieldsOf }, crm, { ...taken, isAlone }, report.calls)
      const batch = await (taken.isBackground ? inBackground(work) : work())
      report.records += batch.records
      report.written += batch.written
      share = Math.max(batch.toWrite / taken.marks.length, 1 / crm.batchSize)
      return batch
    }

    // Under a pace each batch is cut to what the one before it has left.
    const width = paces.get(connection)?.recordsPerMinute ? 1 : (crm.batchesAtOnce ?? 1)
    await flyBatches(width, take, push)
    if (hold !== null && !signal?.aborted && (await isMarked(db, connection))) report.hold = hold
    return report
  })
}

async function pushBatch(
  deps: PushDeps & {
    paces: Paces
    merger: ReturnType<typeof openMerger>
    fieldsOf: (object: string) => Promise<CrmField[]>
  },
  crm: Crm,
  { object, marks: taken, isAlone }: Taken & { isAlone: boolean },
  total: CallCounts,
) {
  const { db, next } = deps
  const { connection } = crm
  const stored = await deps.fieldsOf(object)
  const mayWrite = await writePermissions(db)
  const counts: CallCounts = { read: 0, history: 0, write: 0 }
  const recordIds = taken.map((mark) => mark.recordId)
  const makeMerges = deps.merger((facts) => newestRun(facts, taken) ?? newestRelease(facts))
  const planning = { db, crm, mayWrite, now: deps.now, makeMerges, suppose: forgive(taken) }
  const { fields, folded } = await withFreshSchema({ db, crm, fields: stored }, object, async (fields) => {
    return { fields, folded: await planRecords({ ...planning, fields }, object, recordIds, counts) }
  })
  const looked = await leaveMoved({ db, crm, fields }, folded, taken)
  const all = { marks: taken, planned: looked }
  const { aside, ...batch } = isAlone ? { ...all, aside: [] } : leaveMerged(all)
  const logged = await planActivities(
    { db, connection, mayWrite, now: deps.now },
    batch.planned.flatMap(({ facts, reading }) => (reading ? [facts] : [])),
    batch.marks,
  )
  const paced = await withinPace(deps, connection, { ...batch, logged })
  const { toWrite } = paced

  const pushId = randomUUID()
  const { intents, marks, planned } = await transact(db, async (trx) => {
    const { marks, planned } = await leaveStopped(trx, paced)
    return { intents: await saveIntents(trx, { pushId, connection, planned, marks }), marks, planned }
  })
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
  const about = { pushId, connection, object, marks, planned, intents, outcomes, gone, waits }
  const written = await transact(db, (trx) => saveOutcomes(trx, { ...about, fields: known, counts, next }))
  await tellRefusals({ db, next }, { intents, outcomes })
  if (failure) throw failure.error

  total.read += counts.read
  total.history += counts.history
  total.write += counts.write
  return { records: marks.length, written: written.length, toWrite, aside }
}

/** Who asks while the same is being asked already gets that answer: batches that are under way together find a schema stale together. */
function askedOnce<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const asking = new Map<string, Promise<T>>()
  return (key) => {
    const answer = asking.get(key) ?? ask(key).finally(() => asking.delete(key))
    asking.set(key, answer)
    return answer
  }
}

/** Where no run waits for the push, an edit has caused it: what was said since is merged on top, for the run that said it last. */
function newestRelease({ releases }: RecordFacts): number | null {
  return releases.length > 0 ? Math.max(...releases.map((release) => release.runId)) : null
}
