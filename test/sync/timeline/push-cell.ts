import type { Wire } from '../../../src/crm/index.ts'
import { type FoldRule, fold, type StepEvent, type TimelineEvent } from '../../../src/mapping/index.ts'
import { type Action, actOn } from '../../../src/sync/decide.ts'
import type { Spelling } from '../../../src/sync/timeline/classify.ts'
import type { CellState } from '../../../src/sync/timeline/types.ts'

/** What stands in a text field, in the CRM of these worlds. */
export const blankIsNull = (wire: Wire) => wire?.trim() || null

export const spelling: Spelling = { same: (a, b) => blankIsNull(a) === blankIsNull(b), decode: blankIsNull }

/** What a push does with a text cell, by the production functions alone. */
export function pushCell(
  rule: FoldRule,
  cell: { events: readonly TimelineEvent[]; said: readonly StepEvent[]; current: Wire; state: CellState },
): Action {
  const { events, said, current, state } = cell
  const folded = fold([...events, ...said], rule)
  return actOn({
    folded,
    wanted: { wire: typeof folded.value === 'string' ? folded.value : null },
    current,
    state,
    rule: 'r',
    print: () => 'p',
    anythingSaid: said.length > 0,
    mayWrite: true,
    same: spelling.same,
  })
}
