import type { Db } from '../db/index.ts'
import { notFound } from '../errors.ts'
import type { Crm } from './contract.ts'
import { rememberConnection } from './remember-connection.ts'
import { remembered } from './remembered.ts'

/**
 * Asks a CRM whose account it is, and so in which zone its days are, and ties the connection to that account: once in the life of
 * the process, and again where it could not be asked. Whatever pushes or imports waits for it. Throws the CRM's `AppError`,
 * and `crm.other_account` (stop) where the connection leads to another account than before.
 */
export type CheckConnection = (connection: string) => Promise<void>

export function createChecks(deps: { db: Db }, crms: ReadonlyMap<string, Crm>): CheckConnection {
  const checks = remembered(async (connection) => {
    const crm = crms.get(connection)
    if (!crm) throw notFound('connection', connection)
    const { accountId, ownAppId } = await crm.account()
    await rememberConnection(deps, { name: connection, kind: crm.kind, account: accountId, ownAppId })
  })
  return checks.get
}
