import { sql } from 'kysely'
import { startRun } from '../audit/index.ts'
import type { FoundRecord } from '../contacts/index.ts'
import { nounOf } from '../crm/index.ts'
import { lockUntilEnd, type Trx, transact } from '../db/index.ts'
import { insertConversations } from './conversation-store.ts'
import { moveRequest } from './request-store.ts'
import type { TriggerDeps, TriggerRequest } from './types.ts'
import { count } from './words.ts'

/**
 * Begins the run of a request, unless its contact has been rerun as often within the hour as is allowed: then the request is
 * refused. Counted per contact, whatever record asks, and one request at a time in all processes. Returns the run.
 */
export async function admit(
  { db, rerunsPerContactAndHour: most }: TriggerDeps,
  request: TriggerRequest,
  chosen: { record: FoundRecord; conversationIds: string[]; leftOut: number },
): Promise<number | null> {
  const { id, connection, externalId, actor, keyName } = request
  const { record, conversationIds, leftOut } = chosen
  return transact(db, async (trx) => {
    const { recordId, contactId } = record
    await lockContact(trx, record)
    const lately = await countLately(trx, record)
    if (lately >= most) {
      const often = lately === 1 ? 'once' : `${lately} times`
      const message = `Not rerun: this ${nounOf(request.object)} was rerun ${often} in the last hour, the most this installation allows (AFTERWORD_TRIGGER_RERUNS_PER_CONTACT_AND_HOUR).`
      await moveRequest(trx, id, { state: 'refused', reason: 'hour_limit', message, recordId, contactId, leftOut })
      return null
    }
    const reason = `record ${externalId} of ${connection}, request trigger_${id}`
    const runId = await startRun(trx, { kind: 'rerun', actor, reason, ...(keyName !== null && { key: keyName }) })
    await insertConversations(trx, id, conversationIds)
    const message = `Reruns ${count(conversationIds.length, 'conversation')}.`
    await moveRequest(trx, id, { state: 'running', reason: null, message, runId, recordId, contactId, leftOut })
    return runId
  })
}

/** A record that stands for no contact of ours is a person of its own. */
async function lockContact(trx: Trx, { recordId, contactId }: FoundRecord): Promise<void> {
  const name = contactId === null ? `triggers.record:${recordId}` : `triggers.contact:${contactId}`
  await lockUntilEnd(trx, name)
}

async function countLately(trx: Trx, { recordId, contactId }: FoundRecord): Promise<number> {
  const { lately } = await trx
    .selectFrom('trigger_requests')
    .select((eb) => eb.fn.countAll<number>().as('lately'))
    .where('admitted_at', '>', sql<Date>`now() - interval '1 hour'`)
    .where((eb) => (contactId === null ? eb('record_id', '=', recordId) : eb('contact_id', '=', contactId)))
    .executeTakeFirstOrThrow()
  return lately
}
