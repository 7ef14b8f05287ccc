import { listContactConversations } from '../analysis/index.ts'
import { askContactBackfill, contactBackfillStatus } from '../backfill/index.ts'
import {
  createContact,
  createContactImport,
  editContact,
  type FoundContact,
  findContact,
  getContact,
  getContactByNumber,
  listContacts,
  selectJob,
  uploadContacts,
} from '../contacts/index.ts'
import { contactBackfill, contactImport } from '../jobs.ts'
import { contactMatches, deleteContact, eraseContact } from '../sync/index.ts'
import type { Built } from './open-installation.ts'
import type { UseCases } from './use-cases.ts'

/** What the doors call about contacts, with what it depends on given already. */
export function bindContacts(built: Pick<Built, 'config' | 'db' | 'queue' | 'paces' | 'next' | 'now'>) {
  const { config, db, queue, paces, next, now } = built
  const { defaultCountry } = config
  const deps = { db, next, now, paces, defaultCountry }
  const withMatches = async (contact: FoundContact) => ({ ...contact, matches: await contactMatches(db, contact) })
  const imported = new Set(config.connections.filter(({ imports }) => imports.everyMinutes > 0).map(({ name }) => name))
  return {
    createContact: (input) => createContact(deps, input),
    getContact: (id) => getContact(db, id),
    getContactByNumber: (number) => getContactByNumber(db, number, defaultCountry),
    listContacts: (query) => listContacts(db, query),
    listContactConversations: (page) => listContactConversations(db, page),
    deleteContact: (input) => deleteContact({ db, imported }, input),
    uploadContacts: (input) => uploadContacts(deps, input),
    createContactImport: async (input) => {
      const job = await createContactImport(deps, { defaultCountry, ...input })
      // A hint: `tend` makes good what is lost.
      await queue.send(contactImport, {}, { key: 'all' }).catch(() => null)
      return job
    },
    askContactBackfill: async (input) => {
      await askContactBackfill(deps, input)
      await queue.send(contactBackfill, {}, { key: 'all' }).catch(() => null)
      return contactBackfillStatus(deps)
    },
    contactBackfillStatus: () => contactBackfillStatus(deps),
    getContactImport: () => selectJob(db, 'import'),
    eraseContact: (input) => eraseContact(deps, input),
    editContact: async (input) => withMatches(await editContact(deps, input)),
    findContact: async (text) => withMatches(await findContact(db, text, defaultCountry)),
  } satisfies Partial<UseCases>
}
