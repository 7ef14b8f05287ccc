import { type ContactsAnnouncements, type ImportPlan, isImported, planImports } from '../../contacts/index.ts'
import { type CallCounts, type CreateOutcome, type Crm, readSchema } from '../../crm/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { type Paces, takeRecords } from '../../limits/index.ts'
import type { Log } from '../../log.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import { activeMappings, writePermissions } from '../mapping-store.ts'
import { chooseNewRecords } from './choose-new-records.ts'
import { linkAgain } from './link-again.ts'
import { loadCandidates, type MarkedCandidate } from './load-candidates.ts'
import { lookUpFirst } from './look-up-first.ts'
import { saveCreations } from './save-creations.ts'
import { clearCreations, delayCreations, nextCreations, noteSent } from './store.ts'
import type { NewRecord } from './types.ts'

const schemaMaxAgeMs = 60_000
/** A first import that is under way takes its time; one that failed is asked for again. */
const untilImportedMs = 60_000
/** How long waits what the CRM does not take now, and names no time of its own. */
const retryDelayMs = 30_000

export type CreateDeps = {
  db: Db
  log: Log
  now: () => Date
  next: SyncAnnouncements & ContactsAnnouncements
  paces: Paces
}

/**
 * Creates the records of conversations that found nobody, before a push writes to them: the next marks of one connection, at most
 * `most`. Each person once: by the pusher's lock there is one at a time, and by the key a crash between creating and noting makes
 * no second one. What is created is ours at once, with its numbers and e-mails, and its conversations are linked and marked for push.
 * Nobody is created before the first import of the object has ended. What the CRM does not take now waits; what it refuses is
 * `rejected`. Returns how many marks were looked at, and how many records the pace left no room for.
 */
export async function createRecords(
  deps: CreateDeps,
  crm: Crm,
  ask: { most: number; atLeast: number; counts: CallCounts },
): Promise<{ looked: number; left: number }> {
  const { db, next } = deps
  const marks = await nextCreations(db, crm.connection, ask)
  if (marks.length === 0) return { looked: 0, left: 0 }
  if (crm.create === undefined) {
    await transact(db, (trx) => clearCreations(trx, marks))
    return { looked: marks.length, left: 0 }
  }
  const known = await loadCandidates(db, marks)
  const open = await transact(db, (trx) => linkAgain(trx, next, crm.connection, { marks, candidates: known }))
  let left = 0
  for (const [object, candidates] of Map.groupBy(open, ({ mapping }) => mapping.object)) {
    const counts: CallCounts = { read: 0, history: 0, write: 0 }
    left += await createOfObject(deps, crm, { object, candidates, counts })
    ask.counts.read += counts.read
    ask.counts.write += counts.write
  }
  return { looked: marks.length, left }
}

async function createOfObject(
  deps: CreateDeps,
  crm: Crm,
  of: { object: string; candidates: MarkedCandidate[]; counts: CallCounts },
): Promise<number> {
  const { db, paces, log } = deps
  const { object, candidates, counts } = of
  const { connection } = crm
  const active = await activeMappings(db)
  const mappings = [...active, ...candidates.map(({ mapping }) => mapping)]
  const plan = planImports(crm, mappings).find((each) => each.object === object)
  const wait = (those: readonly MarkedCandidate[], delayMs: number) =>
    transact(db, (trx) =>
      delayCreations(
        trx,
        those.map(({ mark }) => ({ mark, delayMs })),
      ),
    )
  if (plan === undefined || !(await isImported(db, plan))) {
    await wait(candidates, untilImportedMs)
    return 0
  }
  try {
    const searched = await lookUpFirst({ ...deps, crm }, plan, candidates)
    const fields = await readSchema({ db, crm }, object, { maxAgeMs: schemaMaxAgeMs })
    const mayWrite = await writePermissions(db)
    const wanted = await chooseNewRecords({ db, crm, fields, mayWrite }, object, searched)
    const chosen = new Set(wanted.flatMap((each) => each.candidates))
    await transact(db, (trx) =>
      clearCreations(
        trx,
        searched.filter((each) => !chosen.has(each)).map(({ mark }) => mark),
      ),
    )
    const taken = wanted.slice(0, await takeRecords({ db, paces }, connection, wanted.length))
    await create(deps, crm, { plan, wanted: taken, counts })
    return wanted.length - taken.length
  } catch (error) {
    // One object that cannot be asked, or has lost its key, keeps no write to other records waiting.
    if (!(error instanceof AppError) || !(error.recovery === 'retry' || error.code === 'crm.refused')) throw error
    log.warn({ connection, object, code: error.code, reason: error.message }, 'records could not be created now')
    await wait(candidates, retryDelayMs)
    return 0
  }
}

async function create(
  deps: CreateDeps,
  crm: Crm,
  { plan, wanted, counts }: { plan: ImportPlan; wanted: NewRecord<MarkedCandidate>[]; counts: CallCounts },
): Promise<void> {
  const { db } = deps
  const outcomes: { record: NewRecord<MarkedCandidate>; outcome: CreateOutcome }[] = []
  await transact(db, (trx) =>
    noteSent(
      trx,
      wanted.flatMap(({ candidates, key, keyField, values }) =>
        candidates.map(({ mark }) => ({ mark, sent: { key, keyField, values } })),
      ),
    ),
  )
  for (const [keyField, same] of Map.groupBy(wanted, (record) => record.keyField)) {
    const rows = same.map(({ key, values }) => ({ key, values }))
    const answers = (await crm.create?.(plan.object, keyField, rows, counts)) ?? []
    for (const [place, record] of same.entries()) {
      const outcome = answers[place]
      if (outcome) outcomes.push({ record, outcome })
    }
  }
  await saveCreations({ ...deps, crm }, { plan, outcomes, counts, retryDelayMs })
}
