import type { Value } from '../../mapping/index.ts'
import type { CrmField } from '../contract.ts'
import type { Dialect } from './dialect.ts'
import { encode } from './encode.ts'

/** What CRMs spell differently decides nothing here. */
const plainDialect: Dialect = { emailFields: [], unsetBoolean: null, instantStepMs: 1, widensLineEnds: false }

/** Why a field of whatever CRM does not take a value, or null where it does. Pure. */
export function refusalOf(field: CrmField, value: Value): string | null {
  const encoded = encode(plainDialect, field, value, 'UTC')
  return 'refused' in encoded ? encoded.refused : null
}
