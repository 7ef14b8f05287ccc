import { duplicateValue, type Judged, judgeSave } from './judge-save.ts'
import type { Locked } from './locks.ts'
import type { Org } from './org.ts'
import type { SalesRecord } from './records.ts'
import { type RowError, rowError } from './refusals.ts'
import { setDeleted } from './remove.ts'
import { commitSave } from './save.ts'
import type { Target } from './targets.ts'

/** What became of a row: in the order of the rows, and without an id where it failed (crm.md 4.1). */
export type RowResult = { id?: string; success: boolean; errors: RowError[]; created?: boolean }

/** Judges all rows, then saves those found good; with `allOrNone` the innocent fail with the guilty. */
export function writeRows(org: Org, targets: readonly Target[], allOrNone: boolean, locked: Locked): RowResult[] {
  const claims = new Set<string>()
  const judged = targets.map((target, place) => judgeTarget(org, target, locked.get(place), claims))
  const rolledBack = allOrNone && judged.some(({ errors }) => errors)
  return judged.map((verdict, place) => {
    const target = targets[place]
    if (verdict.errors || !target) return { success: false, errors: verdict.errors ?? [] }
    if (rolledBack) return { success: false, errors: [rollBack()] }
    const { id } = commitSave(org, { object: target.object, record: target.record, values: verdict.values }, org.userId)
    return { id, success: true, errors: [], created: target.record === undefined }
  })
}

/** Deletes the records, or says of each why not. */
export function deleteRows(
  org: Org,
  found: readonly (SalesRecord | RowError)[],
  allOrNone: boolean,
  locked: Locked,
): RowResult[] {
  const judged = found.map((record, place) => {
    const obstacle = locked.get(place)
    return 'statusCode' in record || obstacle === undefined ? record : lockError(obstacle)
  })
  const rolledBack = allOrNone && judged.some((verdict) => 'statusCode' in verdict)
  return judged.map((verdict) => {
    if ('statusCode' in verdict) return { success: false, errors: [verdict] }
    if (rolledBack) return { success: false, errors: [rollBack()] }
    setDeleted(org, verdict, true, org.userId)
    return { id: verdict.id, success: true, errors: [] }
  })
}

function judgeTarget(
  org: Org,
  { object, record, row, error }: Target,
  obstacle: string | undefined,
  claims: Set<string>,
): Judged {
  if (error) return { errors: [error] }
  if (obstacle !== undefined) return { errors: [lockError(obstacle)] }
  const verdict = judgeSave(org, object, record, row)
  if (verdict.errors) return verdict
  for (const [field, value] of verdict.values) {
    if (!field.unique || value === null) continue
    const claim = `${object.name}.${field.name} ${String(value).toLowerCase()}`
    if (claims.has(claim)) return { errors: [duplicateValue(field, undefined)] }
    claims.add(claim)
  }
  return verdict
}

/** A value that another request is just making unique is a duplicate; all else is a lock (crm.md 4.1, 4.3). */
function lockError(obstacle: string): RowError {
  if (obstacle.startsWith('new ')) {
    const field = obstacle.split(/[. ]/)[2] ?? ''
    return rowError('DUPLICATE_VALUE', `duplicate value found: ${field} duplicates value on a record being created`)
  }
  const message = `unable to obtain exclusive access to this record or 1 records: ${obstacle}`
  return rowError('UNABLE_TO_LOCK_ROW', message)
}

function rollBack(): RowError {
  const why = 'not all records were valid and the request was using AllOrNone header'
  return rowError('ALL_OR_NONE_OPERATION_ROLLED_BACK', `Record rolled back because ${why}`)
}
