import { transact } from '../../db/index.ts'
import { dropActivities, noteWrites } from './store.ts'
import type { Ready, Wait, WriteDeps } from './write-activities.ts'

/** Removes the activities of conversations that are deleted or nobody's, in the CRM and then here. Twice is safe. */
export async function removeActivities(
  { db, crm, counts }: WriteDeps,
  going: readonly Ready[],
  wait: Wait,
): Promise<void> {
  if (going.length === 0 || !crm.activities) return
  const rows = going.flatMap(({ planned: { stored }, record }) =>
    stored === null
      ? []
      : [
          {
            key: stored.key,
            kind: stored.kind,
            activityId: stored.externalId,
            recordId: record.reading?.externalId ?? stored.recordExternalId,
          },
        ],
  )
  const outcomes = await crm.activities.remove(rows, counts)
  const done = going.filter((_, place) => outcomes[place]?.outcome === 'written')
  for (const [place, { planned }] of going.entries())
    if (outcomes[place]?.outcome !== 'written') wait(planned.recordId, outcomes[place]?.retryAfterMs)
  await transact(db, async (trx) => {
    await noteWrites(
      trx,
      done.flatMap(({ planned: { runId, conversationId } }) =>
        runId === null || conversationId === null
          ? []
          : [{ runId, conversationId, connection: crm.connection, action: 'removed' as const }],
      ),
    )
    await dropActivities(
      trx,
      done.flatMap(({ planned }) => planned.stored?.id ?? []),
    )
  })
}
