import { type CallCounts, type CheckConnection, type Crm, readSchema } from '../crm/index.ts'
import { type Db, rehearse } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { writePermissions } from './mapping-store.ts'
import { planFacts } from './plan-records.ts'
import type { RunCell } from './run-cells.ts'
import { loadFacts, type RecordFacts } from './timeline/load-facts.ts'
import { openCells, undoneCell } from './undo-cells.ts'
import { type UndoInput, withdrawIn } from './undo-run.ts'
import { type Reached, reachedByRun } from './undo-store.ts'

const schemaMaxAgeMs = 60_000
/** As many records as one page of a plan looks at unless told. */
const recordsAtOnce = 100

type Deps = { db: Db; crms: Map<string, Crm>; checkConnection: CheckConnection; now: () => Date }

/**
 * What undoing a run would come to, exactly, as `reportRun` would tell it afterwards: the cells it would restore, those it
 * would leave, and who or what decides there. It rehearses the undo and takes it back, and reads the CRMs; nothing is
 * written, here or there. A page of records behind `after`; `next` is where the next one begins, null at the end. Throws as
 * `undoRun` does.
 */
export async function planUndo(
  deps: Deps,
  input: UndoInput & { after?: number; most?: number },
): Promise<{ cells: RunCell[]; next: number | null }> {
  const { db } = deps
  const { after = 0, most = recordsAtOnce } = input
  const reached = await reachedByRun(db, input.runId, after, most)
  const recordIds = reached.map(({ recordId }) => recordId)
  const imagined = await rehearse(db, async (trx) => {
    const { runId } = await withdrawIn(trx, input, recordIds)
    return { open: await openCells(trx, runId), facts: await loadFacts(trx, recordIds) }
  })
  const wanted = Map.groupBy(imagined.open, ({ recordId }) => recordId)
  const cells: { recordId: number; cell: RunCell }[] = []
  for (const of of Map.groupBy(reached, ({ connection, object }) => `${connection} ${object}`).values()) {
    const ids = new Set(of.map(({ recordId }) => recordId))
    const facts = imagined.facts.filter(({ recordId }) => ids.has(recordId))
    const fieldsOf = (recordId: number) => (wanted.get(recordId) ?? []).map(({ field }) => field)
    const [first] = of
    if (first) cells.push(...(await planObject(deps, first, facts, fieldsOf)))
  }
  cells.sort((a, b) => a.recordId - b.recordId)
  return { cells: cells.map(({ cell }) => cell), next: reached.length < most ? null : (recordIds.at(-1) ?? null) }
}

async function planObject(
  { db, crms, checkConnection, now }: Deps,
  { connection, object }: Reached,
  facts: RecordFacts[],
  fieldsOf: (recordId: number) => string[],
): Promise<{ recordId: number; cell: RunCell }[]> {
  const crm = crms.get(connection)
  if (!crm) throw new AppError('crm.no_connection', 'stop', `there is no connection ${connection} to read from`)
  await checkConnection(connection)
  const fields = await readSchema({ db, crm }, object, { maxAgeMs: schemaMaxAgeMs })
  const mayWrite = await writePermissions(db)
  const only = new Set(facts.flatMap(({ recordId }) => fieldsOf(recordId)))
  const counts: CallCounts = { read: 0, history: 0, write: 0 }
  const planned = await planFacts({ db, crm, fields, mayWrite, now, only }, object, facts, counts)
  return planned.flatMap(({ facts: { recordId, externalId }, reading, cells }) =>
    fieldsOf(recordId)
      .toSorted()
      .map((field) => {
        const cell = cells.find((each) => each.field === field)
        const otherwise = reading ? ('equal' as const) : ('no_record' as const)
        const { before, after, decision } = cell
          ? undoneCell(recordId, cell)
          : { before: null, after: null, decision: { decision: otherwise, rule: '' } }
        return { recordId, cell: { connection, externalId, field, before, after, decision } }
      }),
  )
}
