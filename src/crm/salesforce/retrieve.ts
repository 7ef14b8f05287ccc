import { chunked } from '../chunked.ts'
import type { SalesforceClient } from './client.ts'
import { isId } from './ids.ts'
import { idsIn, MOST_IDS, nameIn, namesOnce } from './soql.ts'
import type { WireRow } from './wire.ts'

/** One retrieve takes 2,000 ids. */
const MOST_RETRIEVED = 2_000
/** Merges of merges are followed, but not in circles. */
const MOST_MERGES = 5

/**
 * Reads any number of records by their ids, of those that are not deleted. A record that was merged into another answers as
 * that one. `Id` is where a record lives now. Throws `SalesforceError`.
 */
export async function retrieveRecords(
  client: SalesforceClient,
  object: string,
  ids: readonly string[],
  fields: readonly string[],
  count: () => void = () => {},
): Promise<Map<string, WireRow>> {
  const found = new Map<string, WireRow>()
  let asked = new Map([...new Set(ids)].filter(isId).map((id) => [id, id]))
  for (let round = 0; asked.size > 0 && round <= MOST_MERGES; round += 1) {
    const rows = await retrieveAll(client, object, [...new Set(asked.values())], fields, count)
    const missing = new Map<string, string>()
    for (const [id, at] of asked) {
      const row = rows.get(at)
      if (row) found.set(id, row)
      else missing.set(id, at)
    }
    asked = await mastersOf(client, object, missing, count)
  }
  return found
}

async function retrieveAll(
  client: SalesforceClient,
  object: string,
  ids: string[],
  fields: readonly string[],
  count: () => void,
): Promise<Map<string, WireRow>> {
  const rows = new Map<string, WireRow>()
  for (const chunk of chunked(ids, MOST_RETRIEVED)) {
    const answers = await client.retrieve(object, chunk, namesOnce(['Id', ...fields]), count)
    for (const [place, id] of chunk.entries()) {
      const row = answers[place]
      if (row) rows.set(id, row)
    }
  }
  return rows
}

/** Where merged records live on; the loser of a merge is deleted, and only its grave tells. */
async function mastersOf(
  client: SalesforceClient,
  object: string,
  missing: Map<string, string>,
  count: () => void,
): Promise<Map<string, string>> {
  if (missing.size === 0) return new Map()
  const masters = new Map<string, string>()
  for (const chunk of chunked([...new Set(missing.values())], MOST_IDS)) {
    const soql = `SELECT Id, MasterRecordId FROM ${nameIn(object)} WHERE IsDeleted = true AND Id IN ${idsIn(chunk)}`
    for (const { Id, MasterRecordId } of await client.queryAll(soql, { isAll: true, count })) {
      if (Id && MasterRecordId) masters.set(Id, MasterRecordId)
    }
  }
  return new Map(
    [...missing].flatMap(([id, at]): [string, string][] => {
      const master = masters.get(at)
      return master === undefined ? [] : [[id, master]]
    }),
  )
}
