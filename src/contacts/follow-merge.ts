import type { Trx } from '../db/index.ts'
import { notFound } from '../errors.ts'
import { lockRecord, mergeRecord, renameRecord } from './record-store.ts'

/**
 * Follows a merge or conversion in the CRM: who asked for `askedId` was answered with `newExternalId`. The record takes
 * the new id, or becomes the record that has it already. Returns the id (ours) of the record that lives on; twice is safe.
 * Throws `record.not_found` (404) where `askedId` was never ours.
 */
export async function followMerge(
  trx: Trx,
  {
    connection,
    object,
    askedId,
    newExternalId,
  }: { connection: string; object: string; askedId: string; newExternalId: string },
): Promise<number> {
  const target = await lockRecord(trx, { connection, object, externalId: newExternalId })
  const asked = await lockRecord(trx, { connection, object, externalId: askedId })
  const survivor = target && (target.mergedInto ?? target.id)
  const living = asked && (asked.mergedInto ?? asked.id)
  if (living === undefined) {
    // No longer there under the asked id: it took the new one the first time.
    if (survivor === undefined) throw notFound('record', askedId)
    return survivor
  }
  if (survivor === undefined) await renameRecord(trx, living, newExternalId)
  else if (living !== survivor) await mergeRecord(trx, living, survivor)
  return survivor ?? living
}
