import { type Problem, type Row, withoutFields, withoutRefused } from '../rows.ts'

/** What to do with rows that were refused: `again` is sent, one call per list; `rejected` is given up. */
export type Next = { again: Row[][]; rejected: Row[] }

/** After a batch was refused as a whole. Halving finds the bad rows of 100 in at most 7 steps. */
export function afterBatchRefusal(rows: Row[], problems: readonly Problem[]): Next {
  const unwritable = problems.filter(({ isSchema, field }) => isSchema && isIn(rows, field))
  if (unwritable.length > 0) return { again: [rows.map((row) => withoutFields(row, unwritable))], rejected: [] }
  const [only] = rows
  if (only && rows.length === 1) return afterRowRefusal(only, problems)
  const half = Math.ceil(rows.length / 2)
  return { again: [rows.slice(0, half), rows.slice(half)], rejected: [] }
}

/** After one row was refused: once more without the fields that the refusal names. */
export function afterRowRefusal(row: Row, problems: readonly Problem[]): Next {
  const rest = withoutRefused(row, problems)
  return rest === null ? { again: [], rejected: [row] } : { again: [[rest]], rejected: [] }
}

function isIn(rows: readonly Row[], field: string): boolean {
  return rows.some(({ values }) => field in values)
}
