import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { type Connection, upsertConnection } from './store.ts'

/**
 * Ties a connection's name to the account behind its credentials, and returns what is stored. Stops with `crm.other_account`
 * where the name already belongs to another account: its records and ledger would be taken for this one's. Twice is safe.
 */
export async function rememberConnection(
  deps: { db: Db },
  connection: { name: string; kind: string; account: string; ownAppId?: string | null },
): Promise<Connection> {
  const { name, kind, account, ownAppId = null } = connection
  const stored = await upsertConnection(deps.db, { name, kind, account, ownAppId })
  if (stored) return stored
  throw new AppError(
    'crm.other_account',
    'stop',
    `connection ${name} now leads to ${kind} account ${account}, but its records are those of another account: ` +
      'put the former credentials back, or give this account a connection of its own name',
  )
}
