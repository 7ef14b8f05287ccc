import type { Org } from './org.ts'
import { objectOf, type SalesRecord, wholeSecond } from './records.ts'
import { storedValue } from './render.ts'

/** Moves a record into the recycle bin or out of it again; a deleted record frees its unique values. */
export function setDeleted(org: Org, record: SalesRecord, isDeleted: boolean, by: string): void {
  Object.assign(record, { isDeleted, modifiedAt: wholeSecond(org.clock()), modifiedBy: by })
  for (const { name, unique } of objectOf(org, record.object)?.fields.values() ?? []) {
    const value = storedValue(record, name)
    if (!unique || value === null) continue
    const index = org.unique.get(`${record.object}.${name}`)
    if (isDeleted) index?.delete(String(value).toLowerCase())
    else index?.set(String(value).toLowerCase(), record.id)
  }
}
