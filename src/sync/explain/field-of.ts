import { type Crm, type CrmField, storedFields } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'

/** Finds a field by its name in a schema as it was last read: null where there is none of this name, undefined where none was read yet. */
export type FieldNamed = (name: string) => CrmField | null | undefined

export async function fieldsOfRecord(
  db: Db,
  of: { connection: string; object: string },
  crm: Crm | undefined,
): Promise<FieldNamed> {
  const fields = await storedFields({ db, crm }, of)
  return (name) => fields && (fields.find((field) => field.name === name) ?? null)
}
