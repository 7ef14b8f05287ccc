import type { Mark } from '../marks.ts'
import type { RecordFacts } from '../timeline/load-facts.ts'
import type { CellState } from '../timeline/types.ts'

/** The facts of records that a person wants tried again, as if nothing of them had ever been refused or set back. Pure. */
export function forgive(marks: readonly Mark[]): (facts: RecordFacts) => RecordFacts {
  const retried = new Set(marks.flatMap(({ recordId, isRetry }) => (isRetry ? [recordId] : [])))
  return (facts) => {
    if (!retried.has(facts.recordId)) return facts
    const cells = Object.entries(facts.cells).map(([field, state]) => [field, forgiven(state)])
    return { ...facts, cells: Object.fromEntries(cells) }
  }
}

function forgiven({ rejected: _refused, setBack: _contested, ...state }: CellState): CellState {
  return state
}
