import type { Crm, ScannedRecord } from '../crm/index.ts'
import type { Trx } from '../db/index.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { followMerge } from './follow-merge.ts'
import { importContacts } from './import-contacts.ts'
import { selectStanding, upsertRecords } from './import-store.ts'
import { closeKeys, insertKeys, selectOpenKeys } from './key-store.ts'
import type { ImportPlan } from './plan-imports.ts'
import { identityOf, keysOf, mergedIdsOf } from './record-keys.ts'

export type PageResult = { created: number; changed: number; skipped: Record<string, number> }

export type PageImport = {
  plan: ImportPlan
  kind: Crm['kind']
  records: ScannedRecord[]
  /** The first import of this object: whoever holds a key now has held it as long as we know. */
  isFirst: boolean
  at: Date
}

/**
 * Takes over one page of records: merges, records, keys, contacts. What changed is announced in the same transaction.
 * The same page again changes nothing.
 */
export async function importPage(trx: Trx, next: ContactsAnnouncements, page: PageImport): Promise<PageResult> {
  const { plan, kind, at } = page
  await followMerges(trx, next, page)
  const records = await upsertRecords(
    trx,
    plan,
    page.records.map((record) => record.externalId),
  )
  const scanned = new Map(page.records.map((record) => [record.externalId, record]))
  const open = await selectOpenKeys(
    trx,
    records.map((record) => record.id),
  )

  const skipped: Record<string, number> = {}
  const skip = (reason: string, count: number) => {
    if (count > 0) skipped[reason] = (skipped[reason] ?? 0) + count
  }
  const seen = records.flatMap(({ id, externalId, contactId, isNew }) => {
    const record = scanned.get(externalId)
    if (record === undefined) return []
    const { keys, unreadable } = keysOf(record, plan, kind)
    skip('a number cannot be read', unreadable)
    skip('the record has neither number nor e-mail', keys.length === 0 ? 1 : 0)
    const before = open.filter((key) => key.recordId === id)
    const known = new Set(before.map(identityOf))
    const named = new Set(keys.map(identityOf))
    return [
      {
        id,
        contactId,
        isNew,
        record,
        keys,
        added: keys.filter((key) => !known.has(identityOf(key))),
        closed: before.filter((key) => !named.has(identityOf(key))),
      },
    ]
  })

  await closeKeys(
    trx,
    seen.flatMap((each) => each.closed),
    at,
  )
  await insertKeys(
    trx,
    plan,
    seen.flatMap(({ id, record, added }) =>
      added.map((key) => ({ ...key, recordId: id, heldFrom: page.isFirst ? null : since(record, at) })),
    ),
  )
  const renamed = await importContacts(trx, plan, seen)
  const recordIds = seen.filter((each) => each.added.length > 0).map((each) => each.id)
  if (recordIds.length > 0) {
    await next.keysSeen(trx, { connection: plan.connection, object: plan.object, recordIds })
  }
  const isChanged = (each: (typeof seen)[number]) =>
    !each.isNew && (each.added.length > 0 || each.closed.length > 0 || renamed.has(each.id))
  return { created: seen.filter((each) => each.isNew).length, changed: seen.filter(isChanged).length, skipped }
}

async function followMerges(trx: Trx, next: ContactsAnnouncements, { plan, kind, records }: PageImport): Promise<void> {
  const { connection, object } = plan
  const newIds = new Map(records.flatMap((record) => mergedIdsOf(record, kind).map((id) => [id, record.externalId])))
  for (const { id: from, external_id: askedId } of await selectStanding(trx, plan, [...newIds.keys()])) {
    const newExternalId = newIds.get(askedId)
    if (newExternalId === undefined || newExternalId === askedId) continue
    const into = await followMerge(trx, { connection, object, askedId, newExternalId })
    if (into !== from) await next.recordMerged(trx, { connection, from, into })
  }
}

/** A key first seen now was given to the record at its last change, as far as anybody can tell. */
function since(record: ScannedRecord, at: Date): Date {
  return record.changedAt !== null && record.changedAt < at ? record.changedAt : at
}
