import type { GoneRecord, ScannedRecord } from '../crm/index.ts'
import { shareUntilEnd, type Trx } from '../db/index.ts'
import type { ContactsAnnouncements, IsSame } from './announcements.ts'
import { followMerge } from './follow-merge.ts'
import { erasureLock, type Forgettable, recordKey, selectForgotten } from './forgotten-store.ts'
import { importContacts } from './import-contacts.ts'
import { selectStanding, upsertRecords } from './import-store.ts'
import { closeKeys, type HeldKey, insertKeys, selectOpenKeys } from './key-store.ts'
import type { ImportPlan } from './plan-imports.ts'
import { identityOf, keysOf, type RecordKey } from './record-keys.ts'
import { takeGone } from './take-gone.ts'

/** The lock of imports: one page at a time. */
export const importLock = 'contacts.import'

export type PageResult = {
  /** Ours, of the records of the page. */
  recordIds: number[]
  created: number
  changed: number
  gone: number
  skipped: Record<string, number>
}

export type PageImport = {
  plan: ImportPlan
  records: ScannedRecord[]
  gone?: readonly GoneRecord[]
  /** The first import of this object: whoever holds a key now has held it as long as we know. */
  isFirst: boolean
  at: Date
  /** Whether two values of a CRM field are one to it; without it nobody looks for edits. */
  isSame?: IsSame
}

/**
 * Takes over one page of records: ends, merges, records, keys, contacts, and what rules write. What changed is announced in the same transaction.
 * The same page again changes nothing.
 */
export async function importPage(trx: Trx, next: ContactsAnnouncements, page: PageImport): Promise<PageResult> {
  const { plan, at } = page
  const { connection, object } = plan
  await shareUntilEnd(trx, erasureLock)
  const read = page.records.map((record) => ({ record, ...keysOf(record, plan) }))
  const isErased = await findErased(trx, plan, read)
  const known = read.filter(({ record }) => !isErased({ kind: 'record', key: recordKey(plan, record.externalId) }))
  const gone = await takeGone(trx, next, plan, page.gone ?? [])
  await followMerges(trx, next, { ...page, records: known.map(({ record }) => record) })

  const scanned = new Map(known.map((each) => [each.record.externalId, each]))
  const stored = await upsertRecords(trx, plan, [...scanned.keys()])
  const seen = stored.flatMap((each) => {
    const found = scanned.get(each.externalId)
    if (found === undefined) return []
    const { record, unreadable } = found
    const keys = found.keys.filter((key) => !isErased(key))
    return [{ ...each, record, keys, unreadable, wasErased: keys.length < found.keys.length }]
  })
  const recordIds = seen.map((each) => each.id)
  const { added, closed } = compareKeys(seen, await selectOpenKeys(trx, recordIds))
  await closeKeys(trx, closed, at)
  const heldFrom = (record: ScannedRecord) => (page.isFirst ? null : lastChange(record, at))
  const opened = added.map(({ record, ...key }) => ({ ...key, heldFrom: heldFrom(record) }))
  await insertKeys(trx, plan, opened)
  const withNewNames = await importContacts(trx, next, page, seen)

  const there = seen.filter((each) => each.isNew || each.isBack).map((each) => each.id)
  const seenAnew = new Set([...added.map((key) => key.recordId), ...there])
  if (seenAnew.size > 0) await next.keysSeen(trx, { connection, object, recordIds: [...seenAnew] })
  const { isSame } = page
  if (isSame && seen.length > 0) {
    const held = seen.map(({ id, record }) => ({ recordId: id, values: record.values }))
    await next.recordsRead(trx, { connection, records: held, isSame })
  }
  const touched = new Set([...seenAnew, ...closed.map((key) => key.recordId), ...withNewNames])
  return {
    recordIds,
    gone,
    created: seen.filter((each) => each.isNew).length,
    changed: seen.filter((each) => !each.isNew && touched.has(each.id)).length,
    skipped: {
      'a number cannot be read': seen.reduce((sum, each) => sum + each.unreadable, 0),
      'the record has neither number nor e-mail': seen.filter((each) => each.keys.length === 0 && !each.wasErased)
        .length,
      'the person was erased':
        read.length - known.length + seen.filter((each) => each.wasErased && each.keys.length === 0).length,
    },
  }
}

/** Which records, numbers and e-mails of a page are of people who were erased. */
function findErased(
  trx: Trx,
  plan: ImportPlan,
  read: readonly { record: ScannedRecord; keys: RecordKey[] }[],
): Promise<(each: Forgettable) => boolean> {
  const asked = read.flatMap(({ record, keys }): Forgettable[] => [
    { kind: 'record', key: recordKey(plan, record.externalId) },
    ...keys,
  ])
  return selectForgotten(trx, asked)
}

type Seen = { id: number; record: ScannedRecord; keys: RecordKey[] }

/** What records carry now that they did not, and the other way round. */
function compareKeys(seen: Seen[], open: HeldKey[]) {
  const identityOn = (recordId: number, key: RecordKey) => `${recordId} ${identityOf(key)}`
  const before = new Set(open.map((key) => identityOn(key.recordId, key)))
  const now = new Set(seen.flatMap(({ id, keys }) => keys.map((key) => identityOn(id, key))))
  return {
    added: seen
      .flatMap(({ id, record, keys }) => keys.map((key) => ({ ...key, recordId: id, record })))
      .filter((key) => !before.has(identityOn(key.recordId, key))),
    closed: open.filter((key) => !now.has(identityOn(key.recordId, key))),
  }
}

async function followMerges(trx: Trx, next: ContactsAnnouncements, { plan, records }: PageImport): Promise<void> {
  const { connection, object } = plan
  const newIds = new Map(records.flatMap((record) => record.mergedIds.map((id) => [id, record.externalId])))
  for (const { id: from, external_id: askedId } of await selectStanding(trx, plan, [...newIds.keys()])) {
    const newExternalId = newIds.get(askedId)
    if (newExternalId === undefined || newExternalId === askedId) continue
    const into = await followMerge(trx, { connection, object, askedId, newExternalId })
    if (into !== from) await next.recordMerged(trx, { connection, from, into })
  }
}

/** A key first seen now was given to the record at its last change, as far as anybody can tell. */
function lastChange(record: ScannedRecord, at: Date): Date {
  return record.changedAt !== null && record.changedAt < at ? record.changedAt : at
}
