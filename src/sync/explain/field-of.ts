import { type CrmField, storedFields } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'

/** A field as the CRM's schema was last read: null where the schema has none of this name, undefined where none was read yet. */
export async function fieldOf(
  db: Db,
  { connection, object }: { connection: string; object: string },
  name: string,
): Promise<CrmField | null | undefined> {
  const fields = await storedFields(db, connection, object)
  return fields && (fields.find((field) => field.name === name) ?? null)
}
