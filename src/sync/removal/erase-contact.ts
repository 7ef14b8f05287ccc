import { type Actor, recordEntry, startRun } from '../../audit/index.ts'
import {
  erasureLock,
  findContact,
  importLock,
  keysToForget,
  ownConnection,
  recordsOfPerson,
  removePerson,
} from '../../contacts/index.ts'
import { conversationsNaming, conversationsOf, forgetConversations } from '../../conversations/index.ts'
import { type Db, lockUntilEnd, type Trx, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { forgetActivities } from '../activities/store.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import { recordsOf } from '../mark-conversations.ts'
import { markRecords, priorities } from '../marks.ts'
import { pushLock } from '../push/push-connection.ts'
import { forgetCells, limitWaiting, linkedOfNobody, sharedByLinks } from './erase-store.ts'

export type Erasure = {
  runId: number
  conversations: number
  /** Records of the CRM that we no longer know; the CRM still has them. */
  records: number
  /** Records that are somebody else's too: their cells are forgotten, the records stay. */
  shared: number
}

const longestWaitSeconds = 30

/**
 * Erases a person (`contact_12`, a number or an e-mail): contact, conversations and all that was extracted, released, written or
 * settled of them. The CRM is left alone. Keyed hashes of number, e-mail, record and conversation ids stay, so that no
 * intake and no import brings the person back. It cannot be undone. Throws what `findContact` throws, so also when done twice, and
 * `erasure.busy` (409) while a push or import holds on to the records.
 */
export async function eraseContact(
  deps: { db: Db; now: () => Date; next: SyncAnnouncements; defaultCountry: string },
  input: { contact: string; actor: Actor; reason: string },
): Promise<Erasure> {
  const person = await findContact(deps.db, input.contact, deps.defaultCountry)
  return transact(deps.db, async (trx) => {
    await waitForOthers(trx, person)
    const { actor, reason } = input
    const runId = await startRun(trx, { kind: 'erasure', actor, reason })
    const { own, shared, conversationIds, keys } = await findTraces(trx, person)

    await forgetActivities(trx, conversationIds)
    await forgetConversations(trx, conversationIds)
    const touched = shared.map((record) => record.recordId)
    await forgetCells(trx, touched, deps.now())
    const recordIds = own.map((record) => record.recordId)
    await removePerson(trx, { ...person, recordIds, keys })
    for (const [connection, records] of Map.groupBy(shared, (record) => record.connection)) {
      const marked = { connection, recordIds: records.map((record) => record.recordId), runId }
      await markRecords(trx, { ...marked, priority: priorities.background, reason: 'erasure' })
      deps.next.recordsMarked(trx, connection)
    }
    const erased = { conversations: conversationIds.length, records: own.length, shared: shared.length }
    const subject = { kind: 'contact', id: `contact_${person.id}` }
    await recordEntry(trx, { actor, action: 'contact.erased', subject, runId, after: erased })
    return { runId, ...erased }
  })
}

type Person = { id: number; number: string | null }

/** Whoever is writing down what it has read of the person has to end first; nobody takes anything in meanwhile. */
async function waitForOthers(trx: Trx, person: Person): Promise<void> {
  await limitWaiting(trx, longestWaitSeconds)
  const linked = await recordsOf(trx, await conversationsOf(trx, person.id))
  const touched = [...linked, ...(await recordsOfPerson(trx, person))].map((record) => record.connection)
  const connections = new Set([...touched, ownConnection])
  const locks = [...[...connections].sort().map(pushLock), importLock, erasureLock]
  try {
    for (const lock of locks) await lockUntilEnd(trx, lock)
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === '55P03')) throw cause
    const message = 'a push or an import is under way; try again, or pause the backfill that keeps it going'
    throw new AppError('erasure.busy', 'retry', message, { status: 409, cause })
  }
}

/** Everything that is the person's, and the records that are not only theirs. */
async function findTraces(trx: Trx, person: Person) {
  const called = await conversationsOf(trx, person.id)
  const theirs = await recordsOfPerson(trx, person)
  const ids = theirs.map((record) => record.recordId)
  const byLinks = await sharedByLinks(trx, ids, person.id)
  const own = theirs.filter((record) => !record.isShared && !byLinks.has(record.recordId))
  const ownIds = own.map((record) => record.recordId)
  const keys = await keysToForget(trx, person.id, ownIds)
  const nobodys = [...(await linkedOfNobody(trx, ownIds)), ...(await conversationsNaming(trx, keys))]
  const conversationIds = [...new Set([...called, ...nobodys])].sort()
  const reached = [...theirs, ...(await recordsOf(trx, conversationIds))].filter(
    ({ recordId, connection }) => connection !== ownConnection && !ownIds.includes(recordId),
  )
  const shared = [...new Map(reached.map(({ recordId, connection }) => [recordId, { recordId, connection }])).values()]
  return { own, shared, conversationIds, keys }
}
