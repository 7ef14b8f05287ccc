import { type Actor, actorLabel, recordEntry } from '../audit/index.ts'
import type { CrmField } from '../crm/index.ts'
import { type Db, transact } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'
import { ownFieldProblem, type Value } from '../mapping/index.ts'
import { announceChanges } from './announce-changes.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { withValue } from './contact-fields.ts'
import { lockContacts } from './contact-store.ts'
import { type FoundContact, findContact } from './find-contact.ts'
import { fieldToType, ownSchema } from './local/own-schema.ts'
import { decode, encode } from './local/values.ts'
import { saveContacts } from './save-contacts.ts'

/** So many fields of their own contacts may have together, as in the source product. */
const mostFields = 200

/**
 * A person sets fields of a contact (given as id, number or e-mail): `first_name`, `last_name`, `email`, `do_not_call`, or any
 * custom one; null empties a field. It is an edit in the contact's history, audited, and announced, so that what rules write is
 * decided again. Twice changes nothing. Throws 404 for an unknown contact, and `contact.invalid` (400) naming every field that
 * does not take its value.
 */
export async function editContact(
  deps: { db: Db; now: () => Date; next: ContactsAnnouncements; defaultCountry: string },
  input: { contact: string; changes: Readonly<Record<string, Value>>; actor: Actor; reason: string },
): Promise<FoundContact> {
  const { db, next, defaultCountry } = deps
  const { actor, reason } = input
  const { id } = await findContact(db, input.contact, defaultCountry)
  const changes = take(await ownSchema(db), input.changes)
  await transact(db, async (trx) => {
    const [before] = await lockContacts(trx, [id])
    if (!before) throw notFound('contact', `contact_${id}`)
    const after = Object.entries(changes).reduce((state, [field, value]) => withValue(state, field, value), before)
    if (Object.keys(after.fields).length > mostFields)
      throw invalid([`a contact has at most ${mostFields} custom fields`])
    const by = { author: 'person', actor: actorLabel(actor), at: deps.now() } as const
    const changed = await saveContacts(trx, [{ before, after }], by)
    if (changed.length === 0) return
    await recordEntry(trx, {
      actor,
      action: 'contact.edited',
      subject: { kind: 'contact', id: `contact_${id}` },
      after: { fields: Object.keys(changes), reason },
    })
    await announceChanges(trx, next, changed)
  })
  return findContact(db, `contact_${id}`, defaultCountry)
}

/** Each value as its field holds it. */
function take(schema: ReadonlyMap<string, CrmField>, changes: Readonly<Record<string, Value>>): Record<string, Value> {
  const problems: string[] = []
  const taken = Object.entries(changes).map(([name, value]): [string, Value] => {
    const field = schema.get(name) ?? fieldToType(name, value)
    const encoded = encode({ ...field, writable: true }, value)
    const problem = ownFieldProblem(name) ?? ('refused' in encoded ? encoded.refused : null)
    if (problem !== null) problems.push(`${name}: ${problem}`)
    return [name, 'wire' in encoded ? decode(field, encoded.wire) : null]
  })
  if (problems.length > 0) throw invalid(problems)
  return Object.fromEntries(taken)
}

function invalid(problems: string[]): AppError {
  return new AppError('contact.invalid', 'skip', problems.join('; '), { status: 400, facts: { problems } })
}
