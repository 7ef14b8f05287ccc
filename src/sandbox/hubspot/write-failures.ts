import type { Input } from './batch-input.ts'
import { invalidValuesMessage, type Problem, problemDetail } from './refusals.ts'

/** Why one input of a batch was not written. */
export type Failure =
  | { kind: 'missing'; input: Input }
  | { kind: 'values'; input: Input; problems: Problem[] }
  | { kind: 'conflict'; input: Input; existingId: string }

/** The `errors` of a 207. All missing ids share one entry; neither `links` nor `errors` can be relied on (crm.md 1.3). */
export function failuresToWire(failures: readonly Failure[]) {
  const missingIds = failures.flatMap(({ kind, input }) => (kind === 'missing' && input.id ? [input.id] : []))
  const rowErrors = failures.flatMap((failure) => rowError(failure) ?? [])
  return missingIds.length > 0 ? [missingError(missingIds), ...rowErrors] : rowErrors
}

export function missingError(ids: readonly string[]) {
  const message = 'Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.'
  return { status: 'error', category: 'OBJECT_NOT_FOUND', message, context: { ids } }
}

function rowError(failure: Failure) {
  const objectWriteTraceId = [failure.input.traceId ?? '']
  switch (failure.kind) {
    case 'missing':
      return undefined
    case 'values':
      return {
        status: 'error',
        category: 'VALIDATION_ERROR',
        message: invalidValuesMessage(failure.problems),
        errors: failure.problems.map(problemDetail),
        context: { objectWriteTraceId },
      }
    case 'conflict':
      return {
        status: 'error',
        category: 'CONFLICT',
        message: `Contact already exists. Existing ID: ${failure.existingId}`,
        context: { objectWriteTraceId, existingId: [failure.existingId] },
      }
  }
}
