import type { CallCounts, CrmField } from '../contract.ts'
import type { Row } from '../rows.ts'
import type { AuthorsOf } from './authors.ts'
import type { SalesforceClient } from './client.ts'
import { SalesforceError } from './errors.ts'
import { same } from './mapper.ts'
import { retrieveRecords } from './retrieve.ts'
import type { WireRow } from './wire.ts'

export type ReadBack = {
  client: SalesforceClient
  /** The user we are. */
  ownId: string
  authorsOf: AuthorsOf
  object: string
  counts: CallCounts | undefined
  fields: ReadonlyMap<string, CrmField>
}

/** What the records of these rows hold now, in the fields they were to be written, and who changed them last; or what kept us from it. */
export async function readBack(
  { client, object, counts, fields }: ReadBack,
  rows: readonly Row[],
): Promise<Map<string, WireRow> | SalesforceError> {
  const names = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))].filter((name) => fields.has(name))
  const ids = rows.map(({ id }) => id)
  const count = () => counts && counts.read++
  try {
    return await retrieveRecords(client, object, ids, [...names, 'LastModifiedById', 'LastModifiedDate'], count)
  } catch (error) {
    if (error instanceof SalesforceError) return error
    throw error
  }
}

/** Changed by us since it was read: our write has arrived, whatever the org's flows have made of its values. */
export function isOurs(record: WireRow, { changedAt }: Row, ownId: string): boolean {
  const at = Date.parse(record.LastModifiedDate ?? '')
  return changedAt !== null && record.LastModifiedById === ownId && at > changedAt.getTime()
}

export function holds(record: WireRow, values: Row['values'], fields: ReadonlyMap<string, CrmField>): boolean {
  return Object.entries(values).every(([name, value]) => {
    const field = fields.get(name)
    return field !== undefined && same(field, record[name] ?? null, value)
  })
}
