import type { Wire } from '../../crm/index.ts'
import type { PlannedRecord } from '../plan-records.ts'
import type { Decision } from '../says.ts'

/**
 * What keeping a preview would do to one cell; no record, no `externalId`. `isNew`: the record would be created. Equal values: nothing
 * would be written.
 */
export type PreviewCell = {
  connection: string
  externalId: string | null
  field: string
  before: Wire
  after: Wire
  decision: Decision
  isNew?: true
}

/** What a preview tells of a planned record. Pure. */
export function cellsOf(connection: string, { facts, cells, decisions }: PlannedRecord): PreviewCell[] {
  return [...decisions.values()].flatMap((decided) =>
    Object.entries(decided).flatMap(([field, decision]): PreviewCell[] => {
      const cell = cells.find((each) => each.field === field)
      // A field that everybody was silent about is none of ours: not even read.
      if (!cell && decision.decision === 'silent') return []
      const before = cell?.before ?? null
      const isWrite = cell?.act.action === 'write' || cell?.act.action === 'retract'
      return [
        { connection, externalId: facts.externalId, field, before, after: isWrite ? cell.act.after : before, decision },
      ]
    }),
  )
}
