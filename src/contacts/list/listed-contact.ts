import type { Contact } from '../contact-store.ts'
import type { Tag } from '../tags/tag-schema.ts'

/** A contact with everything that the source product's API tells of it. */
export type ListedContact = Omit<Contact, 'number'> & {
  number: string
  memory: string | null
  /** Those that are in the list of tags; others stay assigned, unseen. */
  tags: Tag[]
  /** The id of its record in a CRM; of several the one we have known longest. */
  externalId: string | null
  conversations: number
  lastConversationAt: Date | null
  createdAt: Date
  changedAt: Date
}
