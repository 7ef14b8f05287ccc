import type { CallCounts, CrmField } from '../contract.ts'
import type { Row } from '../rows.ts'
import type { HubspotClient } from './client.ts'
import { findRecords } from './find-records.ts'
import { same } from './mapper.ts'
import type { WireRecord } from './wire.ts'

export type ReadBack = {
  client: HubspotClient
  fieldsOf: (object: string) => Promise<CrmField[]>
  object: string
  counts: CallCounts | undefined
}

/** What the records of these rows hold now, in the fields they were to be written. Throws `HubspotError`. */
export async function readBack({ client, fieldsOf, object, counts }: ReadBack, rows: Row[]) {
  const ids = rows.map(({ id }) => id)
  const names = new Set(rows.flatMap(({ values }) => Object.keys(values)))
  const records = await findRecords(client, object, ids, { fields: [...names], historyOf: [] }, counts)
  return { records, fields: new Map((await fieldsOf(object)).map((field) => [field.name, field])) }
}

export function holds(record: WireRecord, values: Row['values'], fields: Map<string, CrmField>): boolean {
  return Object.entries(values).every(([name, value]) => {
    const field = fields.get(name)
    return field !== undefined && same(field, record.properties[name] ?? null, value)
  })
}
