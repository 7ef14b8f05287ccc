import type { HttpReply } from './http.ts'

type Count = { calls: number; rows: number }

/** A reply, and how many records it was about: for the request log. */
export type Answer = HttpReply & { rows?: number; historyRows?: number }

/** What was asked of the vendor since its start: refused requests count as calls, with no rows. */
export type RequestLog<Name extends string = string> = {
  operations: Partial<Record<Name, Count & { byStatus: Record<string, number> }>>
  /** Reads that asked for the history of fields. */
  historyReads: Count
}

export function emptyLog(): RequestLog<never> {
  return { operations: {}, historyReads: { calls: 0, rows: 0 } }
}

export function countRequest<Name extends string>(log: RequestLog<Name>, operation: Name, answer: Answer): void {
  const { operations, historyReads } = log
  const count = operations[operation] ?? { calls: 0, rows: 0, byStatus: {} }
  operations[operation] = count
  count.calls += 1
  count.rows += answer.rows ?? 0
  count.byStatus[answer.status] = (count.byStatus[answer.status] ?? 0) + 1
  if (answer.historyRows === undefined) return
  historyReads.calls += 1
  historyReads.rows += answer.historyRows
}
