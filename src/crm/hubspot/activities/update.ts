import type { AppError } from '../../../errors.ts'
import type { ActivityRow } from '../../activities/contract.ts'
import { chunked } from '../../chunked.ts'
import type { HubspotError } from '../errors.ts'
import { writeRows } from '../write-rows.ts'
import { MOST_PAIRS } from './calls.ts'
import { linkAll } from './link.ts'
import { propertiesOf } from './properties-of.ts'
import { settle, type Writing } from './writing.ts'

export type Known = ActivityRow & { activityId: string }

/** Changes activities by their ids, as records are written, and moves those that hang on another contact. Twice is once. */
export async function updateAll(
  writing: Writing & { explain: (error: HubspotError) => AppError },
  rows: readonly Known[],
): Promise<void> {
  const { client, object, counts } = writing
  if (rows.length === 0) return
  const values = rows.map(({ draft, activityId }) => ({ externalId: activityId, values: propertiesOf(draft, writing) }))
  const outcomes = await writeRows(writing, object, values, counts)
  const moving: Known[] = []
  for (const [place, row] of rows.entries()) {
    const { outcome = 'later', reason, retryAfterMs } = outcomes[place] ?? {}
    // An update may be repeated: what is not known of it is tried again.
    const known = outcome === 'unknown' ? 'later' : outcome
    settle(writing, row.draft.key, known, outcome === 'missing' ? null : row.activityId, { reason, retryAfterMs })
    if (outcome === 'written' && row.hangsOn !== row.recordId) moving.push(row)
  }
  const pairs = moving.map(({ draft, activityId, recordId }) => ({ key: draft.key, activityId, contactId: recordId }))
  await linkAll(writing, pairs)
  const leaving = moving.flatMap(({ activityId, hangsOn }) =>
    hangsOn === null ? [] : [{ activityId, contactId: hangsOn }],
  )
  // Only once it hangs on the new one: it must not hang on none.
  const isLinked = new Set(
    moving.flatMap(({ draft: { key }, activityId }) =>
      writing.outcomes.get(key)?.outcome === 'written' ? [activityId] : [],
    ),
  )
  for (const chunk of chunked(
    leaving.filter(({ activityId }) => isLinked.has(activityId)),
    MOST_PAIRS.unlink,
  )) {
    const keys = moving.filter(({ activityId }) => chunk.some((each) => each.activityId === activityId))
    for (const { draft, activityId } of keys)
      settle(writing, draft.key, 'later', activityId, { reason: 'still associated with the contact it leaves' })
    await client.unlinkActivities(object, chunk, counts)
    for (const { draft, activityId } of keys) settle(writing, draft.key, 'written', activityId)
  }
}
