import type { Db } from '../../db/index.ts'
import { type ApiKey, selectKeys } from './key-store.ts'

/** Every key that is or was in force, by name. */
export async function listKeys(deps: { db: Db }): Promise<ApiKey[]> {
  return selectKeys(deps.db)
}
