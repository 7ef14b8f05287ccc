import { type Actor, recordEntry } from '../../audit/index.ts'
import { getContact, ownConnection, removeContact } from '../../contacts/index.ts'
import { type Db, lockUntilEnd, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { activeMappings } from '../mapping-store.ts'
import { pushLock } from '../push/push-connection.ts'
import { limitWaiting, syncedRecords } from './erase-store.ts'

const longestWaitSeconds = 10

/**
 * Deletes a contact (`contact_12`) with its fields and their history; its conversations stay, without a contact until its number calls
 * again. Audited; to have a person forgotten, erase them. `imported`: connections that are imported by themselves. Throws `contact.not_found` (404), and `contact.synced` (400) while
 * it is linked to a record of a connection that is synced both ways: imported, and written to by a mapping in force, so that the next
 * import would bring it back.
 */
export async function deleteContact(
  deps: { db: Db; imported: ReadonlySet<string> },
  { contact, actor, reason }: { contact: string; actor: Actor; reason: string },
): Promise<void> {
  await transact(deps.db, async (trx) => {
    await limitWaiting(trx, longestWaitSeconds)
    // Whoever is writing down what it has read of the contact ends first.
    await holdOr409(() => lockUntilEnd(trx, pushLock(ownConnection)))
    const { id, number } = await getContact(trx, contact)
    const written = (await activeMappings(trx)).filter(({ write }) => write).map(({ connection }) => connection)
    const synced = written.filter((connection) => deps.imported.has(connection))
    const [record] = await syncedRecords(trx, { id, number, connections: synced })
    if (record !== undefined) throw stillSynced(record.connection)
    await removeContact(trx, id)
    await recordEntry(trx, {
      actor,
      action: 'contact.deleted',
      subject: { kind: 'contact', id: `contact_${id}` },
      after: { reason },
    })
  })
}

async function holdOr409(hold: () => Promise<void>): Promise<void> {
  try {
    await hold()
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === '55P03')) throw cause
    throw new AppError('contact.busy', 'retry', 'a push is under way; try again', { status: 409, cause })
  }
}

function stillSynced(connection: string): AppError {
  const message = `the contact is linked to a record of ${connection}, which is synced both ways: its next import would bring it back. Take the mapping of ${connection} out of force or the record out of the CRM first; DELETE /v1/contacts/{id} erases the person for good`
  return new AppError('contact.synced', 'skip', message, { status: 400, facts: { connection } })
}
