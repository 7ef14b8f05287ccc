import { currentAnalyses } from '../../analysis/index.ts'
import { startRun } from '../../audit/index.ts'
import { isImported } from '../../contacts/index.ts'
import { type CheckConnection, type Crm, readSchema } from '../../crm/index.ts'
import { type Db, rehearse, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { contribute } from '../contribute.ts'
import { chooseNewRecords } from '../create/choose-new-records.ts'
import { crmWith, imagineRecords } from '../create/imagine-records.ts'
import type { Candidate } from '../create/types.ts'
import { writePermissions } from '../mapping-store.ts'
import { priorities } from '../marks.ts'
import { type PlannedRecord, planFacts } from '../plan-records.ts'
import { loadFacts } from '../timeline/load-facts.ts'
import type { PlannedRun } from './make-plan.ts'
import { newRecordsPage, noteNewRecords, type PlannedRecordToCreate, saveNewRecords } from './new-record-store.ts'
import { rowOf } from './row-of.ts'

const schemaMaxAgeMs = 60_000

type Deps = { db: Db; crms: Map<string, Crm>; checkConnection: CheckConnection; now: () => Date }

/**
 * Notes whose records a run would create for these candidates. Returns the candidates for whom none would be. Throws `crm.not_imported`
 * (409) where the records that there are have never been read: nobody knows then who would be created.
 */
export async function noteWhoIsNew(deps: Deps, planId: number, candidates: readonly Candidate[]): Promise<Candidate[]> {
  const { db } = deps
  const mayWrite = await writePermissions(db)
  const unfound: Candidate[] = []
  for (const own of Map.groupBy(candidates, ({ mapping }) => `${mapping.connection} ${mapping.object}`).values()) {
    const [first] = own
    if (!first) continue
    const { connection, object } = first.mapping
    const { crm, fields } = await open(deps, connection, object)
    const chosen = crm.create ? await chooseNewRecords({ db, crm, fields, mayWrite }, object, own) : []
    if (chosen.length > 0 && !(await isImported(db, { connection, object }))) {
      const message = `the ${object} of ${connection} have never been read whole, so nobody knows who would be created there: afterword crm import ${connection} reads them`
      throw new AppError('crm.not_imported', 'stop', message, { status: 409 })
    }
    const wanted = new Set(chosen.flatMap((each) => each.candidates))
    unfound.push(...own.filter((each) => !wanted.has(each)))
    await transact(db, (trx) => noteNewRecords(trx, planId, connection, chosen))
  }
  return unfound
}

/** Works out every cell of the records that a plan would create in one object, as if they were there; `each` gets them page by page. */
export async function planNewRecords(
  deps: Deps,
  plan: { id: number; run: PlannedRun },
  of: { connection: string; object: string },
  each: (records: PlannedRecord[], runId: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const { db, now } = deps
  const { crm, fields } = await open(deps, of.connection, of.object)
  const mayWrite = await writePermissions(db)
  for (;;) {
    signal?.throwIfAborted()
    const page = await newRecordsPage(db, plan.id, of, crm.batchSize)
    if (page.length === 0) return
    const { runId, facts, imagined, only } = await rehearseRun(db, plan.run, of, page)
    const counts = { read: 0, history: 0, write: 0 }
    const deps = { db, crm: crmWith(crm, imagined, now), fields, mayWrite, now, only }
    const planned = await planFacts(deps, of.object, facts, counts)
    const rows = page.map(({ place }, index) => {
      const record = planned.find(({ facts }) => facts.recordId === imagined[index]?.recordId)
      return { place, cells: record ? rowOf(record, runId).cells : [] }
    })
    await saveNewRecords(db, plan.id, rows)
    await each(planned, runId)
  }
}

/** The facts of new records as they would be once the run had released everything about them. */
async function rehearseRun(
  db: Db,
  run: PlannedRun,
  { connection, object }: { connection: string; object: string },
  page: readonly PlannedRecordToCreate[],
) {
  return rehearse(db, async (trx) => {
    const runId = await startRun(trx, run)
    const analyses = await currentAnalyses(
      trx,
      page.flatMap((record) => record.conversationIds),
    )
    const kept = [...analyses.values()].map(({ id, conversationId }) => {
      return { conversationId, analysisId: id, runId, hold: false }
    })
    await contribute(trx, kept, priorities.background)
    const wanted = page.map((record) => ({ ...record, object }))
    const imagined = await imagineRecords(trx, connection, wanted, runId)
    const facts = await loadFacts(
      trx,
      imagined.map(({ recordId }) => recordId),
    )
    const released = facts.flatMap((each) => each.pending.filter((contribution) => contribution.runId === runId))
    return { runId, facts, imagined, only: new Set(released.flatMap(({ vals }) => Object.keys(vals))) }
  })
}

async function open({ db, crms, checkConnection }: Deps, connection: string, object: string) {
  const crm = crms.get(connection)
  if (!crm) throw new AppError('crm.no_connection', 'stop', `there is no connection ${connection} to read from`)
  await checkConnection(connection)
  return { crm, fields: await readSchema({ db, crm }, object, { maxAgeMs: schemaMaxAgeMs }) }
}
