import type { RunCell, RunReport } from '../../sync/index.ts'
import { showCells } from './show-cells.ts'
import { count, tally } from './words.ts'

/** How an undo came out, or would: how many cells it restores, how many it leaves, and by what. */
export function showUndoCounts(decisions: RunReport['decisions'], waiting = 0): string {
  const { write = 0, retract = 0, ...left } = decisions
  const leaves = Object.values(left).reduce((sum, cells) => sum + cells, 0)
  const lines = [`restored   ${count(write + retract, 'cell')}`, `left       ${count(leaves, 'cell')}: ${tally(left)}`]
  if (waiting > 0) lines.push(`waiting    ${count(waiting, 'cell')} to be pushed`)
  return lines.join('\n')
}

/** The cells of an undo, restored and left; where there is nothing to restore and nobody decides, there is nothing to tell. */
export function showUndoCells(cells: readonly RunCell[]): string {
  return showCells(
    cells.filter((cell) => cell.decision.decision !== 'equal'),
    (externalId) => externalId,
  )
}

/** What an undo leaves in a CRM: records are never deleted. */
export function showLeft(connection: string, records: number): string {
  const were = records === 1 ? 'was' : 'were'
  return `created    ${count(records, 'record')} of ${connection} ${were} created by the run, and ${records === 1 ? 'stays' : 'stay'} there`
}
