import type { Problem, Row } from '../rows.ts'
import { unknownField } from './errors.ts'
import type { RowError } from './wire.ts'

/** What a refused row asks for (crm.md 4.2): `locked` passes, `gone` may live on elsewhere, `refused` is final. */
export type RowFate = 'locked' | 'gone' | 'refused'

const GONE = ['ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY', 'NOT_FOUND', 'MALFORMED_ID', 'INVALID_ID_FIELD']
/** A converted lead is read-only for ever. */
const CONVERTED = 'CANNOT_UPDATE_CONVERTED_LEAD'

export function fateOf(row: Row, errors: readonly RowError[]): RowFate {
  if (errors.some(isLock)) return 'locked'
  return isGone(row.values, errors) || errors.some(({ code }) => code === CONVERTED) ? 'gone' : 'refused'
}

/** Whether the record that was to be written is no more. A key may also stand in a field of ours, which the answer then names. */
export function isGone(values: object, errors: readonly RowError[]): boolean {
  return errors.some(({ code, fields }) => GONE.includes(code) && !fields.some((field) => field in values))
}

/** The one place where a text decides: a trigger of the org wraps the lock it ran into, or its own limit, in its words. */
export function isLock({ code, message }: RowError): boolean {
  if (code === 'UNABLE_TO_LOCK_ROW') return true
  return code === 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY' && /UNABLE_TO_LOCK_ROW|Too many SOQL queries/.test(message)
}

/** The fields of a row that its errors name. */
export function problemsOf(errors: readonly RowError[]): Problem[] {
  return errors.flatMap(({ code, message, fields }) =>
    [...fields, unknownField(code, message) ?? []]
      .flat()
      .map((field) => ({ field, code, reason: `${code}: ${message}`, ...(isSchemaFault(code) && { isSchema: true }) })),
  )
}

/** Gone, hidden from our user or read-only for it: of the field, not of the value (crm.md 4.2). */
function isSchemaFault(code: string): boolean {
  return code.startsWith('INVALID_FIELD')
}

export function codeOf(errors: readonly RowError[]): string {
  return errors[0]?.code || 'refused'
}

export function reasonOf(errors: readonly RowError[]): string {
  return errors.map(({ code, message }) => `${code}: ${message}`).join('; ') || 'refused without a reason'
}
