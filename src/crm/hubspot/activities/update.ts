import type { AppError } from '../../../errors.ts'
import type { ActivityRow } from '../../activities/contract.ts'
import type { HubspotError } from '../errors.ts'
import { writeRows } from '../write-rows.ts'
import { hangAll } from './link.ts'
import { propertiesOf } from './properties-of.ts'
import { settle, type Writing } from './writing.ts'

export type Known = ActivityRow & { activityId: string }

/** Changes activities by their ids, as records are written, and moves those that hang on another contact. Twice is once. */
export async function updateAll(
  writing: Writing & { explain: (error: HubspotError) => AppError },
  rows: readonly Known[],
): Promise<void> {
  const { object, counts } = writing
  if (rows.length === 0) return
  const values = rows.map(({ draft, activityId }) => ({ externalId: activityId, values: propertiesOf(draft, writing) }))
  const outcomes = await writeRows(writing, object, values, counts)
  const moving: Known[] = []
  for (const [place, row] of rows.entries()) {
    const { outcome = 'later', reason, code, retryAfterMs } = outcomes[place] ?? {}
    // An update may be repeated: what is not known of it is tried again.
    const known = outcome === 'unknown' ? 'later' : outcome
    settle(writing, row.draft.key, known, outcome === 'missing' ? null : row.activityId, { reason, code, retryAfterMs })
    if (outcome === 'written' && row.hangsOn !== row.recordId) moving.push(row)
  }
  await hangAll(
    writing,
    moving.map(({ draft: { key }, activityId, recordId, hangsOn }) => ({
      key,
      activityId,
      contactId: recordId,
      hangsOn,
    })),
  )
}
