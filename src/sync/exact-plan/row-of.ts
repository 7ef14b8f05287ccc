import type { PlannedRecord } from '../plan-records.ts'
import { type Decision, decisionKinds } from '../says.ts'
import type { PlannedField, RowDraft } from './store.ts'

/** What a run would do to one record: per field that it says something about, the decision as its report will tell it. Pure. */
export function rowOf({ facts, cells, decisions }: PlannedRecord, runId: number): RowDraft {
  const own = facts.pending.filter((contribution) => contribution.runId === runId)
  const fields = [...new Set(own.flatMap(({ vals }) => Object.keys(vals)))].sort()
  return {
    recordId: facts.recordId,
    cells: fields.flatMap((field): PlannedField[] => {
      const seen = own.flatMap(({ id, conversationId }) => {
        const decision = decisions.get(id)?.[field]
        return decision ? [{ conversationId, decision }] : []
      })
      const decision = decisive(seen)
      if (!decision) return []
      const cell = cells.find((each) => each.field === field)
      if (!cell) return [{ field, decision }]
      // Also where the decision is about a value that the field does not take, and an older one is written.
      const isChange = cell.act.action === 'write' || cell.act.action === 'retract'
      return [{ field, before: cell.before, after: isChange ? cell.act.after : cell.before, decision }]
    }),
    stayOut: Math.max(0, ...cells.map((cell) => cell.voices?.stayOut ?? 0)),
  }
}

/** Of what several conversations see of one cell: what the deciding one sees, else the foremost; as `runCells` chooses. */
function decisive(seen: readonly { conversationId: string; decision: Decision }[]): Decision | undefined {
  const order = (each: { conversationId: string; decision: Decision }) =>
    (each.decision.by === each.conversationId ? 0 : decisionKinds.length) +
    decisionKinds.indexOf(each.decision.decision)
  const inOrder = seen.toSorted((a, b) => order(a) - order(b) || (a.conversationId < b.conversationId ? -1 : 1))
  return inOrder[0]?.decision
}
