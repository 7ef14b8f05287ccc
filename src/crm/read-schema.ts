import type { Db } from '../db/index.ts'
import type { Crm, CrmField } from './contract.ts'
import { findSchema, upsertSchema } from './store.ts'

/**
 * The fields of a CRM object: as stored, or asked of the CRM where that is older than `maxAgeMs` (0 always asks, Infinity only where none is stored).
 * What is ours changes with every rule, and is always asked. The connection has to be remembered. Throws what `describe` throws.
 */
export async function readSchema(
  deps: { db: Db; crm: Pick<Crm, 'connection' | 'describe' | 'isOurs'> },
  object: string,
  options: { maxAgeMs: number },
): Promise<CrmField[]> {
  const { db, crm } = deps
  if (crm.isOurs) return crm.describe(object)
  const stored = await findSchema(db, crm.connection, object, options.maxAgeMs)
  if (stored) return stored
  const fields = await crm.describe(object)
  await upsertSchema(db, crm.connection, object, fields)
  return fields
}

/**
 * The fields as they were last read, however long ago; undefined where they never were. Asks no CRM: only our own contacts, whose fields are no
 * further away than a stored schema. `crm` is missing where a connection is not set up any more.
 */
export async function storedFields(
  deps: { db: Db; crm: Pick<Crm, 'describe' | 'isOurs'> | undefined },
  { connection, object }: { connection: string; object: string },
): Promise<CrmField[] | undefined> {
  const { db, crm } = deps
  return crm?.isOurs ? crm.describe(object) : findSchema(db, connection, object, Number.POSITIVE_INFINITY)
}
