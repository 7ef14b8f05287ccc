import type { CallCounts, CrmField } from '../contract.ts'
import { type Row, type Verdict, written } from '../rows.ts'
import type { SalesforceClient } from './client.ts'
import { SalesforceError } from './errors.ts'
import { same } from './mapper.ts'
import { retrieveRecords } from './retrieve.ts'
import type { WireRow } from './wire.ts'

export type ReadBack = {
  client: SalesforceClient
  /** The user we are. */
  ownId: string
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

/**
 * The verdicts of rows that were saved. An answer tells no values, and what was sent is not always what stands: the org trims,
 * rounds, and runs its flows. So it is read back; where somebody has changed the record again meanwhile, what stands there may
 * be theirs, and then, as where it cannot be read, what was sent has to do.
 */
export async function verdictsOfSaved(reading: ReadBack, rows: readonly Row[]): Promise<[string, Verdict][]> {
  if (rows.length === 0) return []
  const held = await readBack(reading, rows)
  return rows.map((row) => {
    const record = held instanceof SalesforceError ? undefined : held.get(row.id)
    return [row.id, written(row, record?.LastModifiedById === reading.ownId ? record : row.values)]
  })
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
