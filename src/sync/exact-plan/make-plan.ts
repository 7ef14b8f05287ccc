import { currentAnalyses } from '../../analysis/index.ts'
import { type NewRun, startRun } from '../../audit/index.ts'
import { readConversations } from '../../conversations/index.ts'
import { type CallCounts, type CheckConnection, type Crm, readSchema } from '../../crm/index.ts'
import { type Db, rehearse, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { isForAgent } from '../../mapping/index.ts'
import { addCounts, countPlanned, noActivityCounts } from '../activities/count-planned.ts'
import { planActivities } from '../activities/plan-activities.ts'
import type { PlannedActivity } from '../activities/types.ts'
import { contribute } from '../contribute.ts'
import { releasedBefore } from '../create/released-before.ts'
import { type Candidate, isCreating } from '../create/types.ts'
import { linkConversations } from '../link/link-conversations.ts'
import { mappingsOfRuns, writePermissions } from '../mapping-store.ts'
import { priorities } from '../marks.ts'
import { type PlannedRecord, planFacts } from '../plan-records.ts'
import type { DecisionKind } from '../says.ts'
import { loadFacts } from '../timeline/load-facts.ts'
import { valsOf } from '../vals-of.ts'
import { objectsToCreateIn } from './new-record-store.ts'
import { noteWhoIsNew, planNewRecords } from './plan-new-records.ts'
import { rowOf } from './row-of.ts'
import {
  closePlan,
  noTotals,
  noteReached,
  type PlanTotals,
  type Reached,
  reachedObjects,
  reachedPage,
  saveRows,
} from './store.ts'

const schemaMaxAgeMs = 60_000

export type PlanDeps = { db: Db; crms: Map<string, Crm>; checkConnection: CheckConnection; now: () => Date }

export type PlannedRun = NewRun & { mappingFiles: string[] }

/** How many of the selected conversations found a record, per mapping. */
export type LinkCounts = Record<string, { matched: number; none: number; parked: number; fields: string[] }>

/**
 * Works out what a run would write if it let the current analyses of these conversations contribute, exactly: it rehearses
 * the run on our own database, takes that back, reads the CRMs and folds, page by page. Writes nothing but the plan's own
 * rows. `conversations` gives ids, a page at a time. Stops with the CRM's `AppError`, or the signal's reason; the plan is then not
 * complete and cannot be applied. A conversation without an analysis says nothing.
 */
export async function makePlan(
  deps: PlanDeps,
  plan: { id: number; run: PlannedRun; conversations: AsyncIterable<string[]> },
  signal?: AbortSignal,
): Promise<{ totals: PlanTotals; links: LinkCounts }> {
  const totals = structuredClone(noTotals)
  const links = await noteRecords(deps, plan, totals, signal)
  for (const of of await reachedObjects(deps.db, plan.id)) await planObject(deps, plan, of, totals, signal)
  for (const of of await objectsToCreateIn(deps.db, plan.id)) await planNew(deps, plan, of, totals, signal)
  await transact(deps.db, (trx) => closePlan(trx, plan.id, totals))
  return { totals, links }
}

/** Which records the conversations reach: all of a record's have to be known before its cells are folded. */
async function noteRecords(
  deps: PlanDeps,
  { id, run, conversations }: Parameters<typeof makePlan>[1],
  totals: PlanTotals,
  signal?: AbortSignal,
): Promise<LinkCounts> {
  const { db } = deps
  const counts: LinkCounts = {}
  for await (const ids of conversations) {
    signal?.throwIfAborted()
    const { found, unlinked } = await rehearse(db, async (trx) => {
      const runId = await startRun(trx, run)
      const mappings = (await mappingsOfRuns(trx, [runId])).get(runId) ?? []
      const read = await readConversations(trx, ids)
      const analysed = await currentAnalyses(trx, ids)
      const reached: Reached[] = []
      const candidates: Candidate[] = []
      for (const mapping of mappings) {
        const fields = mapping.rules.map((rule) => rule.field)
        counts[mapping.name] ??= { matched: 0, none: 0, parked: 0, fields }
        const ours = [...read.values()].filter((each) => isForAgent(mapping, each.agentId))
        for (const [conversationId, match] of await linkConversations(trx, mapping, ours)) {
          const count = counts[mapping.name]
          if (count) count[match.state] += 1
          const analysis = analysed.get(conversationId)
          const conversation = read.get(conversationId)
          if (!analysis || !conversation) continue
          if (isCreating(mapping) && match.state === 'none' && match.step !== 'person') {
            const fields = analysis.outcome === 'ok' ? analysis.fields : {}
            candidates.push({ conversation, mapping, fields, vals: valsOf(mapping, mappings, conversation, analysis) })
          } else if (match.state === 'matched')
            reached.push({ recordId: match.recordId, conversationId, step: match.step })
          else tally(totals, mapping.connection, match.state === 'parked' ? 'ambiguous' : 'no_record')
        }
      }
      const released = await releasedBefore(trx, candidates)
      return { found: reached, unlinked: candidates.map((each) => ({ ...each, vals: released(each) })) }
    })
    await transact(db, (trx) => noteReached(trx, id, found))
    for (const { mapping } of await noteWhoIsNew(deps, id, unlinked)) tally(totals, mapping.connection, 'no_record')
  }
  return counts
}

async function planObject(
  deps: PlanDeps,
  plan: Parameters<typeof makePlan>[1],
  of: { connection: string; object: string },
  totals: PlanTotals,
  signal?: AbortSignal,
): Promise<void> {
  const { db, now } = deps
  const crm = deps.crms.get(of.connection)
  if (!crm) throw new AppError('crm.no_connection', 'stop', `there is no connection ${of.connection} to read from`)
  await deps.checkConnection(of.connection)
  const fields = await readSchema({ db, crm }, of.object, { maxAgeMs: schemaMaxAgeMs })
  const mayWrite = await writePermissions(db)
  const counts: CallCounts = { read: 0, history: 0, write: 0 }
  for (let after = 0; ; ) {
    signal?.throwIfAborted()
    const page = await reachedPage(db, plan.id, of, after, crm.batchSize)
    const last = page.recordIds.at(-1)
    if (last === undefined) break
    after = last
    const { runId, facts, only } = await rehearseRun(db, plan.run, page)
    const planned = await planFacts({ db, crm, fields, mayWrite, now, only }, of.object, facts, counts)
    await saveRows(
      db,
      plan.id,
      planned.map((record) => rowOf(record, runId)),
    )
    for (const record of planned) addUp(totals, of.connection, record, runId)
    await addLogs(deps, of.connection, planned, runId, totals)
  }
  totals.calls.read += counts.read
  totals.calls.history += counts.history
}

/** Cells of records that there are not: they would be created, and then written as all others. */
async function planNew(
  deps: PlanDeps,
  plan: Parameters<typeof makePlan>[1],
  of: { connection: string; object: string },
  totals: PlanTotals,
  signal?: AbortSignal,
): Promise<void> {
  const add = async (planned: PlannedRecord[], runId: number) => {
    const before = totals.changes
    for (const record of planned) addUp(totals, of.connection, record, runId)
    const { records, cells } = totals.creations?.[of.connection] ?? { records: 0, cells: 0 }
    const created = { records: records + planned.length, cells: cells + totals.changes - before }
    totals.creations = { ...totals.creations, [of.connection]: created }
    await addLogs(deps, of.connection, planned, runId, totals)
  }
  await planNewRecords(deps, plan, of, add, signal)
}

/** The facts of a page as they would be once the run had released everything about it. */
async function rehearseRun(db: Db, run: PlannedRun, page: { recordIds: number[]; conversationIds: string[] }) {
  return rehearse(db, async (trx) => {
    const runId = await startRun(trx, run)
    const analyses = await currentAnalyses(trx, page.conversationIds)
    const kept = [...analyses.values()].map(({ id, conversationId }) => {
      return { conversationId, analysisId: id, runId, hold: false }
    })
    await contribute(trx, kept, priorities.background)
    const facts = await loadFacts(trx, page.recordIds)
    const released = facts.flatMap((each) => each.pending.filter((contribution) => contribution.runId === runId))
    return { runId, facts, only: new Set(released.flatMap(({ vals }) => Object.keys(vals))) }
  })
}

function addUp(totals: PlanTotals, connection: string, record: PlannedRecord, runId: number): void {
  const { cells, stayOut } = rowOf(record, runId)
  totals.records += 1
  totals.stayOut += stayOut
  for (const { before, after, decision } of cells) {
    tally(totals, connection, decision.decision)
    if (before !== after) totals.changes += 1
  }
}

async function addLogs(
  { db, now }: PlanDeps,
  connection: string,
  planned: readonly PlannedRecord[],
  runId: number,
  totals: PlanTotals,
): Promise<void> {
  const mayWrite = await writePermissions(db)
  const living = planned.flatMap((record) => (record.reading ? [record.facts] : []))
  const logged = await planActivities({ db, connection, mayWrite, now }, living)
  addUpActivities(
    totals,
    connection,
    [...logged.values()].flat().filter((each) => each.runId === runId),
  )
}

function addUpActivities(totals: PlanTotals, connection: string, planned: readonly PlannedActivity[]): void {
  if (planned.length === 0) return
  totals.activities ??= {}
  totals.activities[connection] ??= noActivityCounts()
  addCounts(totals.activities[connection], countPlanned(planned))
}

function tally(totals: PlanTotals, connection: string, kind: DecisionKind): void {
  totals.decisions[connection] ??= {}
  const counts = totals.decisions[connection]
  counts[kind] = (counts[kind] ?? 0) + 1
}
