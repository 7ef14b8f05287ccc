import type { Value } from '../../mapping/index.ts'
import type { Crm, CrmField, Wire } from '../contract.ts'
import { canonical } from './canonical.ts'
import { decode } from './decode.ts'
import { encode } from './encode.ts'

/** What CRMs spell differently; all else of a value follows from its field. */
export type Dialect = {
  /** Fields whose case the CRM folds. */
  emailFields: readonly string[]
  /** How a boolean that was never set reads: null where it is empty, `false` where there is no third state. */
  unsetBoolean: 'false' | null
  /** The smallest step of a time it keeps. */
  instantStepMs: number
  /** Whether it stores every line end as two characters, which count. */
  widensLineEnds: boolean
}

/** The value rules of a CRM, both ways, by its dialect. `timeZone`: the account's, in which an instant falls on a day. Pure. */
export function createValues(dialect: Dialect) {
  return {
    encode: (field: CrmField, value: Value, timeZone: string): ReturnType<Crm['encode']> =>
      encode(dialect, field, value, timeZone),
    decode: (field: CrmField, wire: Wire): Value => decode(dialect, field, wire),
    same: (field: CrmField, a: Wire, b: Wire): boolean => canonical(dialect, field, a) === canonical(dialect, field, b),
  }
}
