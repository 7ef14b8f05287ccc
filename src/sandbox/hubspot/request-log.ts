import type { Answer, OperationName } from './operation.ts'
import type { Portal } from './portal.ts'

type Count = { calls: number; rows: number }

/** What was asked of the portal since its start: refused requests count as calls, with no rows. */
export type RequestLog = {
  operations: Partial<Record<OperationName, Count & { byStatus: Record<string, number> }>>
  /** Reads that asked for property history. */
  historyReads: Count
}

export function countRequest(portal: Portal, operation: OperationName, answer: Answer): void {
  const { operations, historyReads } = portal.log
  const count = operations[operation] ?? { calls: 0, rows: 0, byStatus: {} }
  operations[operation] = count
  count.calls += 1
  count.rows += answer.rows ?? 0
  count.byStatus[answer.status] = (count.byStatus[answer.status] ?? 0) + 1
  if (answer.historyRows === undefined) return
  historyReads.calls += 1
  historyReads.rows += answer.historyRows
}
