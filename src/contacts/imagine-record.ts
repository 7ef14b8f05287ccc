import { randomUUID } from 'node:crypto'
import type { Trx } from '../db/index.ts'
import { upsertRecords } from './import-store.ts'
import { insertKeys } from './key-store.ts'
import type { RecordKey } from './record-keys.ts'

/** Adds a record that no CRM has, with one key, to a transaction that is taken back. Returns our id and the CRM's it would never have. */
export async function imagineRecord(
  trx: Trx,
  { connection, object, ...key }: { connection: string; object: string } & RecordKey,
): Promise<{ recordId: number; externalId: string }> {
  const externalId = `imagined ${randomUUID()}`
  const [record] = await upsertRecords(trx, { connection, object }, [externalId])
  if (!record) throw new Error('an imagined record was not added')
  await insertKeys(trx, { connection, object }, [{ ...key, recordId: record.id, heldFrom: null }])
  return { recordId: record.id, externalId }
}
