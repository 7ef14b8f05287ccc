import type { GoneRecord } from '../crm/index.ts'
import type { Trx } from '../db/index.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { followMerge } from './follow-merge.ts'
import { recordKey, selectForgotten } from './forgotten-store.ts'
import { selectStanding, upsertRecords } from './import-store.ts'
import type { ImportPlan } from './plan-imports.ts'
import { markGone } from './record-store.ts'

/**
 * Takes over that records have ended: merged ones live on as what they were merged into, converted ones pass their
 * conversations on to the record of the other object, all others are gone and are never made anew. Only records of ours that still
 * stand cost anything. Returns how many those were; twice changes nothing.
 */
export async function takeGone(
  trx: Trx,
  next: ContactsAnnouncements,
  plan: Pick<ImportPlan, 'connection' | 'object'>,
  gone: readonly GoneRecord[],
): Promise<number> {
  const { connection, object } = plan
  const ends = new Map(gone.map((each) => [each.externalId, each]))
  const standing = (await selectStanding(trx, plan, [...ends.keys()])).filter((each) => each.gone_at === null)
  if (standing.length === 0) return 0
  const keyOf = (of: { object: string; externalId: string }) => ({
    kind: 'record' as const,
    key: recordKey({ connection, object: of.object }, of.externalId),
  })
  const targets = standing.flatMap(({ external_id }) => ends.get(external_id)?.became ?? [])
  const isErased = await selectForgotten(trx, targets.map(keyOf))
  const moved = standing.flatMap(({ id, external_id: askedId }) => {
    const became = ends.get(askedId)?.became ?? null
    return became === null || isErased(keyOf(became)) ? [] : [{ id, askedId, became }]
  })
  const merged = moved.filter(({ became }) => became.object === object)
  for (const { id: from, askedId, became } of merged) {
    const into = await followMerge(trx, { connection, object, askedId, newExternalId: became.externalId })
    if (into !== from) await next.recordMerged(trx, { connection, from, into })
  }
  const others = Map.groupBy(
    moved.filter(({ became }) => became.object !== object),
    ({ became }) => became.object,
  )
  for (const [other, converted] of others) {
    const records = await upsertRecords(
      trx,
      { connection, object: other },
      converted.map((each) => each.became.externalId),
    )
    const idOf = new Map(records.map((record) => [record.externalId, record.id]))
    const pairs = converted.flatMap(({ id, became }) => {
      const into = idOf.get(became.externalId)
      return into === undefined ? [] : [{ from: id, into }]
    })
    await next.recordsConverted(trx, { connection, object: other, pairs })
  }
  const livesOn = new Set(merged.map(({ id }) => id))
  const ended = standing.flatMap(({ id }) => (livesOn.has(id) ? [] : [id]))
  await markGone(trx, ended)
  if (ended.length > 0) await next.recordsGone(trx, { connection, recordIds: ended })
  return standing.length
}
