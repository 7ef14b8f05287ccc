import type { Row, Verdict } from '../rows.ts'

export type Moved = {
  /** By id, as they are reached: what was written stays known when a later call fails. */
  verdicts: Map<string, Verdict>
  /** Where rows go whose record was merged into another. */
  movedTo: Map<string, string>
}

/** A call that names a record twice refuses both rows: those that came to it by a merge follow in calls of their own. */
export function onePerRecord({ movedTo }: Moved, batch: readonly Row[]): Row[][] {
  const calls: Row[][] = []
  const byRecord = Map.groupBy(batch, ({ id }) => movedTo.get(id) ?? id)
  for (const [record, rows] of byRecord) {
    const ownFirst = rows.toSorted((a, b) => Number(b.id === record) - Number(a.id === record))
    for (const [call, row] of ownFirst.entries()) calls[call] = [...(calls[call] ?? []), row]
  }
  return calls
}

/** What another row has just written to the record that this one was merged into was meant for the record as it is now. */
export function withoutNewer({ verdicts, movedTo }: Moved, row: Row): Row {
  const newer = verdicts.get(movedTo.get(row.id) ?? '')?.values ?? {}
  return { ...row, values: Object.fromEntries(Object.entries(row.values).filter(([field]) => !(field in newer))) }
}
