import type { Crm, CrmField } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import { type PlannedField, plannedFor } from '../exact-plan/store.ts'
import type { Mark } from '../marks.ts'
import type { PlannedCell } from '../plan-cell.ts'
import type { PlannedRecord } from '../plan-records.ts'
import type { Decision } from '../says.ts'

/**
 * Holds what is about to be pushed against the plans of the runs it is pushed for. A cell that somebody else has changed in
 * the CRM since its plan was made is `moved`: left alone by that run, with what deciding again comes to. Where only our own
 * database knows more than the plan (another conversation came in), the fold decides, and what another run has to say about
 * a cell is decided as always, also one that only takes something away (an undo, a deletion) or corrects it.
 */
export async function leaveMoved(
  deps: { db: Db; crm: Crm; fields: readonly CrmField[] },
  records: PlannedRecord[],
  marks: readonly Mark[],
): Promise<PlannedRecord[]> {
  // Also of one that is decided already: its record is looked at again where an activity had to wait.
  const pending = records.flatMap(({ facts }) => facts.pending.map(({ runId }) => runId))
  const runIds = [...new Set([...pending, ...marks.flatMap(({ runId }) => runId ?? [])])]
  const plans = await plannedFor(
    deps.db,
    runIds,
    records.map(({ facts }) => facts.recordId),
  )
  if (plans.length === 0) return records
  const schema = new Map(deps.fields.map((field) => [field.name, field]))
  return records.map((record) => {
    const own = plans.filter((plan) => plan.recordId === record.facts.recordId)
    // A run that waits without a word of its own means every field of the record.
    if (marks.some((mark) => mark.recordId === record.facts.recordId && isWordless(mark, record))) return record
    return own.reduce((left, { runId, cells }) => leaveFields(deps.crm, schema, left, runId, cells), record)
  })
}

function leaveFields(
  crm: Crm,
  schema: ReadonlyMap<string, CrmField>,
  record: PlannedRecord,
  runId: number,
  planned: readonly PlannedField[],
): PlannedRecord {
  const moved = new Map<string, { before: PlannedCell['before']; after: PlannedCell['before'] }>()
  for (const { field: name, before, after = null } of planned) {
    const field = schema.get(name)
    const cell = record.cells.find((each) => each.field === name)
    // Not looked at by the plan, or by the push; or what stands there now is our own word since.
    if (!field || !cell || before === undefined || cell.classified.state.ours) continue
    if (crm.same(field, cell.before, before) || isWantedByOthers(record, runId, name)) continue
    moved.set(name, { before, after })
  }
  if (moved.size === 0) return record
  // A stamp tells of its field: it stays as that one does.
  for (const { field: name, voices } of record.cells) {
    const { before, after = null } = planned.find((each) => each.field === name) ?? {}
    const isStampOfMoved = voices?.stamp && moved.has(voices.stamp.of)
    if (isStampOfMoved && before !== undefined) moved.set(name, { before, after })
  }
  return {
    ...record,
    cells: record.cells.map((cell) => (moved.has(cell.field) ? left(cell) : cell)),
    decisions: new Map(
      [...record.decisions].map(([id, decisions]) => {
        const isOwn = record.facts.pending.some(
          (contribution) => contribution.id === id && contribution.runId === runId,
        )
        if (!isOwn) return [id, decisions]
        const entries = Object.entries(decisions).map(([field, decision]): [string, Decision] => {
          const plan = moved.get(field)
          return [field, plan ? asMoved(decision, plan) : decision]
        })
        return [id, Object.fromEntries(entries)]
      }),
    ),
  }
}

function isWordless({ runId }: Mark, { facts }: PlannedRecord): boolean {
  return runId !== null && ![...facts.pending, ...facts.releases].some((each) => each.runId === runId)
}

/** Whether another run waits to have this cell decided: it knows nothing of the plan, and is not bound by it. */
function isWantedByOthers({ facts }: PlannedRecord, runId: number, field: string): boolean {
  return facts.pending.some((each) => each.runId !== runId && (each.vals[field]?.says ?? 'silent') !== 'silent')
}

function left(cell: PlannedCell): PlannedCell {
  return { ...cell, act: { action: 'moved', after: cell.before } }
}

function asMoved(now: Decision, planned: NonNullable<Decision['planned']>): Decision {
  const again = now.by === undefined ? now.decision : `${now.decision}, ${now.by}`
  return { ...now, decision: 'moved', why: `the CRM has changed since the plan; decided now: ${again}`, planned }
}
