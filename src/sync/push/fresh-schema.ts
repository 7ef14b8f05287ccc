import { type Crm, type CrmField, readSchema, type WriteOutcome } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import { AppError } from '../../errors.ts'

type Deps = { db: Db; crm: Crm; fields: CrmField[] }

/**
 * The fields of an object after a write: asked for anew where a refusal says that a field is not what we took it for, so that it is
 * not read, planned or sent with the next batch either. Where they cannot be had now, those we have.
 */
export async function freshSchema(deps: Deps, object: string, outcomes: readonly WriteOutcome[]): Promise<CrmField[]> {
  const isAtFault = outcomes.some(({ rejectedFields }) => rejectedFields.some(({ isSchema }) => isSchema))
  if (!isAtFault) return deps.fields
  try {
    return await readSchema(deps, object, { maxAgeMs: 0 })
  } catch (error) {
    // What was written has to be noted all the same; the stored schema is renewed within a minute.
    if (error instanceof AppError) return deps.fields
    throw error
  }
}

/**
 * Does something with the fields as they are stored, and once more with them asked for anew where the CRM refuses it: Salesforce
 * refuses to read a field that was deleted, or hidden from our user, since. Throws the refusal where the fields are the same.
 */
export async function withFreshSchema<T>(
  { db, crm, fields }: Deps,
  object: string,
  work: (fields: CrmField[]) => Promise<T>,
): Promise<T> {
  try {
    return await work(fields)
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'crm.refused')) throw error
    const now = await readSchema({ db, crm }, object, { maxAgeMs: 0 })
    const names = new Set(now.map(({ name }) => name))
    if (fields.every(({ name }) => names.has(name))) throw error
    return work(now)
  }
}
