import type { HttpRequest } from '../http.ts'
import { asList, asObject, asText, type JsonObject } from '../json.ts'
import { fullId } from './ids.ts'
import type { Org } from './org.ts'
import { findByUnique, findRecord } from './records.ts'
import { storedValue } from './render.ts'

/** Rows that may not be written now, by their places, and what stands in the way of each. */
export type Locked = ReadonlyMap<number, string>

/** What each row of a write would lock. */
export type LockKeys = readonly (readonly string[])[]

type Claim = { locked: Locked; release(): void }

/**
 * Locks what each row of a write touches: the record, its account, and a value that is to become unique.
 * Whoever comes second fails at once; the real org waits ten seconds first (crm.md 4.3).
 */
export function claimLocks(org: Org, rows: LockKeys): Claim {
  const locked = new Map<number, string>()
  const mine = new Set<string>()
  for (const [place, keys] of rows.entries()) {
    const taken = keys.find((key) => org.locks.has(key))
    if (taken !== undefined) locked.set(place, taken)
    else for (const key of keys) mine.add(key)
  }
  for (const key of mine) org.locks.add(key)
  return { locked, release: () => mine.forEach((key) => void org.locks.delete(key)) }
}

/** What the rows of a collection's body would lock. */
export function locksOfBody(org: Org, { body, params }: HttpRequest): string[][] {
  return asList(asObject(body).records).map((row) => locksOfRow(org, asObject(row), params))
}

/** What the records of a deletion would lock. */
export function locksOfIds(org: Org, { query }: HttpRequest): string[][] {
  return (query.get('ids') ?? '').split(',').map((id) => locksOfRow(org, { id }, {}))
}

/** What a write to one record would lock. */
export function locksOfOne(org: Org, { body, params }: HttpRequest): string[][] {
  return [locksOfRow(org, { ...asObject(body), id: params.id }, {})]
}

function locksOfRow(org: Org, row: JsonObject, { type = '', field = '' }: Record<string, string>): string[] {
  const value = asText(row[field])
  const named = asText(row.id) ?? asText(row.Id)
  const record = value === undefined ? findRecord(org, named ?? '') : findByUnique(org, type, field, value)
  const accounts = [asText(row.AccountId), record && storedValue(record, 'AccountId')]
  const whos = [asText(row.WhoId), record && storedValue(record, 'WhoId')]
  const ids = [record?.id, ...accounts, ...whos].flatMap((id) => (typeof id === 'string' ? (fullId(id) ?? []) : []))
  const claimed = value !== undefined && !record ? [`new ${type}.${field} ${value.toLowerCase()}`] : []
  return [...new Set([...ids, ...claimed])]
}

/** Whether any of the rows would lock the record of this id. */
export function touches(rows: LockKeys, id: string): boolean {
  const full = fullId(id)
  return rows.some((keys) => keys.some((key) => key === full))
}
