import { chunked } from '../chunked.ts'
import type { CallCounts } from '../contract.ts'
import type { HubspotClient } from './client.ts'
import { HubspotError } from './errors.ts'
import type { WireRecord } from './wire.ts'

/** HubSpot's caps for one batch read. */
const MOST_IDS = 100
const MOST_IDS_WITH_HISTORY = 50
/** Calls in flight; the bucket sets the pace. */
const WIDTH = 8
/** The ids a record answers for since a merge, separated by `;`. */
export const MERGED_IDS = 'hs_merged_object_ids'

export type Ask = { fields: string[]; historyOf: string[] }

/**
 * Reads any number of records, by the ids asked for; an id that HubSpot says is none is missing from the result.
 * Two ids of one merged record both get that record. Throws `HubspotError`.
 */
export async function findRecords(
  client: HubspotClient,
  object: string,
  ids: string[],
  ask: Ask,
  counts?: CallCounts,
): Promise<Map<string, WireRecord>> {
  const chunks = chunked([...new Set(ids)], ask.historyOf.length > 0 ? MOST_IDS_WITH_HISTORY : MOST_IDS)
  const found = new Map<string, WireRecord>()
  async function readOn(): Promise<void> {
    for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
      for (const [id, record] of await findChunk(client, object, chunk, ask, counts)) found.set(id, record)
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, readOn))
  return found
}

async function findChunk(client: HubspotClient, object: string, ids: string[], ask: Ask, counts?: CallCounts) {
  const { results, errors } = await client.readBatch(
    object,
    { ids, fields: [...ask.fields, MERGED_IDS], historyOf: ask.historyOf },
    counts,
  )
  const trouble = errors?.find(({ category }) => category !== 'OBJECT_NOT_FOUND')
  if (trouble) throw new HubspotError('lost', `HubSpot could not read all records: ${trouble.category ?? 'unnamed'}`)
  const byId = new Map(results.flatMap((record) => idsOf(record).map((id) => [id, record] as const)))
  const found = new Map<string, WireRecord>()
  for (const id of ids) {
    const record = byId.get(id) ?? (ids.length === 1 ? results[0] : undefined)
    if (record) found.set(id, record)
  }
  const answered = new Set(found.values())
  if (results.every((record) => answered.has(record))) return found
  // A record under an id nobody asked for is one of the rest, merged without saying so: asked alone, it is known by that.
  for (const id of ids.filter((asked) => !found.has(asked))) {
    for (const [, record] of await findChunk(client, object, [id], ask, counts)) found.set(id, record)
  }
  return found
}

function idsOf(record: WireRecord): string[] {
  return [record.id, ...mergedIdsOf(record)]
}

/** The ids a record took over by merges. */
export function mergedIdsOf({ properties }: WireRecord): string[] {
  return (properties[MERGED_IDS] ?? '').split(';').flatMap((id) => id.trim() || [])
}
