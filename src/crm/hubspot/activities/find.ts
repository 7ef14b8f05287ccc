import { keyInBody } from '../../activities/text.ts'
import { chunked } from '../../chunked.ts'
import { findRecords } from '../find-records.ts'
import { BODY_FIELDS } from './properties-of.ts'
import type { Writing } from './writing.ts'

/** An activity that may hang on one of these contacts. */
export type Wanted = { key: string; contactIds: string[] }

/**
 * Looks for activities that may have been created without our knowing: among all that hang on their contacts, by the key in
 * their text. Read by association and not by search, whose index is seconds behind (crm.md 1.4). Ids by key.
 */
export async function findByMark(writing: Writing, rows: readonly Wanted[]): Promise<Map<string, string>> {
  const { client, object, counts } = writing
  const found = new Map<string, string>()
  if (rows.length === 0) return found
  const bodyField = BODY_FIELDS[object] ?? ''
  const ids = await linkedTo(writing, [...new Set(rows.flatMap(({ contactIds }) => contactIds))])
  const records = await findRecords(client, object, ids, { fields: [bodyField], historyOf: [] }, counts)
  const wanted = new Set(rows.map(({ key }) => key))
  for (const record of records.values()) {
    const key = keyInBody(record.properties[bodyField] ?? '')
    if (key !== null && wanted.has(key)) found.set(key, record.id)
  }
  return found
}

async function linkedTo({ client, object, counts }: Writing, contactIds: string[]): Promise<string[]> {
  const ids = new Set<string>()
  for (const chunk of chunked(contactIds, 1_000)) {
    for (let asked: { id: string; after?: string }[] = chunk.map((id) => ({ id })); asked.length > 0; ) {
      const { results } = await client.readLinks(object, asked, counts)
      for (const { to } of results) for (const { toObjectId } of to) ids.add(toObjectId)
      asked = results.flatMap(({ from, paging }) => (paging?.next ? [{ id: from.id, after: paging.next.after }] : []))
    }
  }
  return [...ids]
}
