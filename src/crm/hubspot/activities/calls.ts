import { z } from 'zod'
import type { CallCounts } from '../../contract.ts'
import type { BatchTools } from '../creation-calls.ts'
import { batchSchema, type WireBatch } from '../wire.ts'

/** From activity to contact, HubSpot's own types (crm.md 2.1). */
const ASSOCIATION_TYPES: Record<string, number> = { calls: 194, communications: 81 }
/** Pairs that one call associates, and that one call takes apart. */
export const MOST_PAIRS = { link: 2_000, unlink: 100 }

export type Pair = { activityId: string; contactId: string }
export type NewActivity = { key: string; contactId: string; properties: Record<string, string> }
export type Upsert = { key: string; keyField: string; properties: Record<string, string> }

const idText = z.union([z.string(), z.number()]).transform(String)
const linked = z.object({ fromObjectId: idText, toObjectId: idText })
const linkedSchema = z.object({ results: z.array(linked) })
const linksSchema = z.object({
  results: z.array(
    z.object({
      from: z.object({ id: idText }),
      to: z.array(z.object({ toObjectId: idText })),
      paging: z.object({ next: z.object({ after: z.string() }).nullish() }).nullish(),
    }),
  ),
})

export type Links = z.output<typeof linksSchema>

type Tools = BatchTools & { json(method: string, path: string, body?: unknown): Promise<unknown> }

/** The calls of the client that are about activities. None of them is sent again after a lost answer. */
export function activityCalls({ call, json, batchApi }: Tools) {
  const writing = (counts: CallCounts | undefined) =>
    ({ policy: 'write', count: () => counts && counts.write++ }) as const
  const pairsOf = (object: string) => `/crm/v4/associations/${object}/contacts/batch`
  return {
    /** At most 100, each associated with its contact in the same call. */
    createActivities(object: string, rows: readonly NewActivity[], counts?: CallCounts): Promise<WireBatch> {
      const inputs = rows.map(({ key, contactId, properties }) => ({
        objectWriteTraceId: key,
        properties,
        // The SDK's type for the category is an enum of the same texts.
        associations: [{ to: { id: contactId }, types: [typeOf(object)] }] as never[],
      }))
      return call(batchSchema, () => batchApi.create(object, { inputs }), writing(counts))
    },

    /** At most 100. Associates nothing. */
    upsertActivities(object: string, rows: readonly Upsert[], counts?: CallCounts): Promise<WireBatch> {
      const inputs = rows.map(({ key, keyField, properties }) => {
        return { id: key, idProperty: keyField, objectWriteTraceId: key, properties }
      })
      return call(batchSchema, () => batchApi.upsert(object, { inputs }), writing(counts))
    },

    /** At most 100; ids that are none are passed over. */
    async archiveActivities(object: string, ids: readonly string[], counts?: CallCounts): Promise<void> {
      const inputs = ids.map((id) => ({ id }))
      await call(z.unknown(), () => batchApi.archive(object, { inputs }), writing(counts))
    },

    /** At most 2,000 pairs. Answers those that are associated now. */
    async linkActivities(object: string, pairs: readonly Pair[], counts?: CallCounts): Promise<Set<string>> {
      const inputs = pairs.map(({ activityId, contactId }) => {
        return { from: { id: activityId }, to: { id: contactId }, types: [typeOf(object)] }
      })
      const send = () => json('POST', `${pairsOf(object)}/create`, { inputs })
      const { results } = await call(linkedSchema, send, writing(counts))
      return new Set(results.map(({ fromObjectId }) => fromObjectId))
    },

    /** At most 100 pairs. */
    async unlinkActivities(object: string, pairs: readonly Pair[], counts?: CallCounts): Promise<void> {
      const inputs = pairs.map(({ activityId, contactId }) => ({ from: { id: activityId }, to: [{ id: contactId }] }))
      await call(z.unknown(), () => json('POST', `${pairsOf(object)}/archive`, { inputs }), writing(counts))
    },

    /** What hangs on contacts, at most 1,000 of them: a page each. */
    readLinks(object: string, asked: readonly { id: string; after?: string }[], counts?: CallCounts): Promise<Links> {
      const path = `/crm/v4/associations/contacts/${object}/batch/read`
      return call(linksSchema, () => json('POST', path, { inputs: asked }), { count: () => counts && counts.read++ })
    },
  }
}

function typeOf(object: string) {
  return { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: ASSOCIATION_TYPES[object] ?? 0 }
}
