import { type Actor, actorLabel } from '../audit/index.ts'
import type { Trx } from '../db/index.ts'
import { notFound } from '../errors.ts'
import type { Value } from '../mapping/index.ts'
import { announceChanges } from './announce-changes.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { withValue } from './contact-fields.ts'
import { lockContacts } from './contact-store.ts'
import { ownSchema } from './local/own-schema.ts'
import { saveContacts } from './save-contacts.ts'
import { ensureTags, saveExtras, unknownTags } from './tags/tag-store.ts'
import { invalidContact, takeValues, tooManyFields } from './take-values.ts'

/** What a person can set of a contact. What is absent stays; null empties. */
export type ContactChanges = {
  /** By the names of fields. */
  changes?: Readonly<Record<string, Value>> | undefined
  /** Kept and told as given: nothing of ours rewrites it. */
  memory?: string | null
  /** All its tags, by their ids or by their labels; a label that is new joins the list of tags. */
  tagIds?: readonly string[]
  tagLabels?: readonly string[]
}

/**
 * Sets fields, memory and tags of a contact in the name of a person, in the caller's transaction; what changed of the fields stands in
 * its history and is announced. Returns what changed, by name. Twice changes nothing. Throws `contact.not_found` (404) and
 * `contact.invalid` (400), naming every field that does not take its value.
 */
export async function setFields(
  trx: Trx,
  { next, now }: { next: ContactsAnnouncements; now: () => Date },
  { id, actor, changes = {}, ...extras }: ContactChanges & { id: number; actor: Actor },
): Promise<string[]> {
  const { taken, problems } = takeValues(await ownSchema(trx), changes)
  const unknown = await unknownTags(trx, extras.tagIds ?? [])
  if (unknown.length > 0) problems.push(`contact_tag_ids: there is no tag ${unknown.join(', ')}`)
  if (problems.length > 0) throw invalidContact(problems)
  // Before the contact is held: whoever tags many holds the list of tags first.
  const tagIds = extras.tagLabels === undefined ? extras.tagIds : await ensureTags(trx, extras.tagLabels)
  const [before] = await lockContacts(trx, [id])
  if (!before) throw notFound('contact', `contact_${id}`)
  const after = Object.entries(taken).reduce((state, [field, value]) => withValue(state, field, value), before)
  const tooMany = tooManyFields(after)
  if (tooMany !== null) throw invalidContact([tooMany])
  const at = now()
  const changed = await saveContacts(trx, [{ before, after }], { author: 'person', actor: actorLabel(actor), at })
  await announceChanges(trx, next, changed)
  const { memory } = extras
  const extra = { id, ...(memory !== undefined && { memory }), ...(tagIds !== undefined && { tagIds }) }
  const others = await saveExtras(trx, [extra], at)
  return [
    ...(changed.length > 0 ? Object.keys(taken) : []),
    ...(others.length > 0 ? [...(memory === undefined ? [] : ['contact_memory']), ...(tagIds ? ['tags'] : [])] : []),
  ]
}
