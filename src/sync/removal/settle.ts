import { forgetConversations } from '../../conversations/index.ts'
import { type Crm, type CrmField, storedFields } from '../../crm/index.ts'
import type { Trx } from '../../db/index.ts'
import { forgetActivities } from '../activities/store.ts'
import { leaveStretches } from '../merge/store.ts'
import { takeFor } from '../plan-cell.ts'
import { loadFacts } from '../timeline/load-facts.ts'
import { settleCells } from './settle-cells.ts'
import { lockStanding, objectsOf, saveLeft } from './store.ts'

/**
 * Removes conversations for good and keeps in each cell what they leave: the value in force of those that still speak, and of
 * all the starting point of their release. With `leaveActivities` what they are logged as stays in the CRM; else it is removed with the
 * next push of its record. In a fixed number of statements, in the caller's transaction, which has locked them.
 */
export async function settle(
  trx: Trx,
  crms: ReadonlyMap<string, Crm>,
  conversationIds: readonly string[],
  { leaveActivities = false } = {},
): Promise<void> {
  if (conversationIds.length === 0) return
  const recordIds = await lockStanding(trx, conversationIds)
  const going = new Set(conversationIds)
  const objects = await objectsOf(trx, recordIds)
  const schemas = new Map<string, Map<string, CrmField>>()
  for (const { connection, object } of objects.values()) {
    const key = `${connection} ${object}`
    // As last read: a push has read it before it wrote anything.
    if (!schemas.has(key)) {
      const fields = (await storedFields({ db: trx, crm: crms.get(connection) }, { connection, object })) ?? []
      schemas.set(key, new Map(fields.map((field) => [field.name, field])))
    }
  }
  const left = (await loadFacts(trx, recordIds)).flatMap((facts) => {
    const { connection = '', object = '' } = objects.get(facts.recordId) ?? {}
    const crm = crms.get(connection)
    const takeOf = (name: string) => {
      const field = schemas.get(`${connection} ${object}`)?.get(name)
      return crm && field ? takeFor({ crm, field }) : undefined
    }
    return settleCells(facts, going, takeOf).map((each) => ({ ...each, recordId: facts.recordId }))
  })
  await saveLeft(trx, left)
  await leaveStretches(trx, conversationIds)
  if (leaveActivities) await forgetActivities(trx, conversationIds)
  await forgetConversations(trx, conversationIds)
}
