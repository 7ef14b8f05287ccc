import { type Actor, actorLabel } from '../../audit/index.ts'
import { lockUntilEnd, shareUntilEnd, type Trx } from '../../db/index.ts'
import { announceChanges } from '../announce-changes.ts'
import type { ContactsAnnouncements } from '../announcements.ts'
import { withValue } from '../contact-fields.ts'
import { type Contact, lockContacts } from '../contact-store.ts'
import { ensureContacts } from '../ensure-contacts.ts'
import { erasureLock, selectForgotten } from '../forgotten-store.ts'
import { importLock } from '../import-page.ts'
import { saveContacts } from '../save-contacts.ts'
import { type Extras, mostTagsPerContact, saveExtras, selectTagIds } from '../tags/tag-store.ts'
import { tooManyFields } from '../take-values.ts'
import type { ReadRow } from './read-row.ts'

/**
 * Takes rows of a file over in the name of a person, in the order they stand: contacts that are new, and what the rows say of all of
 * them, as edits. In a fixed number of statements. Returns what is wrong with rows that were left out. The same rows again change nothing.
 */
export async function takeRows(
  trx: Trx,
  { next, now }: { next: ContactsAnnouncements; now: () => Date },
  rows: readonly ReadRow[],
  { tagIds, actor }: { tagIds: readonly string[]; actor: Actor },
): Promise<{ line: number; message: string }[]> {
  await lockUntilEnd(trx, importLock)
  await shareUntilEnd(trx, erasureLock)
  const keyOf = ({ number }: ReadRow) => ({ kind: 'number', key: number }) as const
  const isErased = await selectForgotten(trx, rows.map(keyOf))
  const problems = rows
    .filter((row) => isErased(keyOf(row)))
    .map(({ line }) => ({ line, message: 'the person was erased' }))
  const living = rows.filter((row) => !isErased(keyOf(row)))
  const byNumber = await ensureContacts(
    trx,
    living.map(({ number }) => number),
  )
  const before = new Map((await lockContacts(trx, [...new Set(byNumber.values())])).map((each) => [each.id, each]))
  const tagged = tagIds.length === 0 ? new Map<number, string[]>() : await selectTagIds(trx, [...before.keys()])
  const after = new Map<number, Contact>()
  const extras = new Map<number, Extras>()
  for (const { line, number, fields, memory } of living) {
    const id = byNumber.get(number) ?? 0
    const held = after.get(id) ?? before.get(id)
    if (held === undefined) continue
    const edited = Object.entries(fields).reduce((state, [field, value]) => withValue(state, field, value), held)
    const tags = [...new Set([...(tagged.get(id) ?? []), ...tagIds])]
    const problem =
      tooManyFields(edited) ??
      (tags.length > mostTagsPerContact ? `a contact has at most ${mostTagsPerContact} tags` : null)
    if (problem !== null) {
      problems.push({ line, message: problem })
      continue
    }
    after.set(id, edited)
    const extra = { ...extras.get(id), id, ...(memory !== undefined && { memory }) }
    if (memory !== undefined || tagIds.length > 0)
      extras.set(id, { ...extra, ...(tagIds.length > 0 && { tagIds: tags }) })
  }
  const edits = [...after.values()].flatMap((each) => {
    const was = before.get(each.id)
    return was ? [{ before: was, after: each }] : []
  })
  const at = now()
  await announceChanges(trx, next, await saveContacts(trx, edits, { author: 'person', actor: actorLabel(actor), at }))
  await saveExtras(trx, [...extras.values()], at)
  return problems
}
