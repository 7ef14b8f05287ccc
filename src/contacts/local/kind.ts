import { z } from 'zod'
import type { CrmKind } from '../../crm/index.ts'
import { createLocal } from './adapter.ts'

/** Our own contacts, as a connection like the others: always there, and nothing to set. */
export const local: CrmKind = {
  objects: ['contacts'],
  settings: z.object({}).transform(() => async (deps, connection) => createLocal(deps, connection)),
  builtIn: true,
}
