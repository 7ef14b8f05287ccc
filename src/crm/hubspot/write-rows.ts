import type { AppError } from '../../errors.ts'
import { chunked } from '../chunked.ts'
import type { CallCounts, WriteOutcome, WriteRow } from '../contract.ts'
import { coalesce, later, outcomeOf } from '../rows.ts'
import { HubspotError } from './errors.ts'
import { sendBatch, type Writing } from './send-batch.ts'

/** HubSpot takes 100 rows in one call (reference/crm.md 1.2). */
export const MOST_ROWS = 100

/**
 * Writes each row once and says what became of it, in the order of the rows. Throws `HubspotError` only for what no later
 * call can mend (credentials, no such object), and only where nothing has been written yet.
 */
export async function writeRows(
  deps: Pick<Writing, 'client' | 'fieldsOf'> & { explain: (error: HubspotError) => AppError },
  object: string,
  rows: readonly WriteRow[],
  counts?: CallCounts,
): Promise<WriteOutcome[]> {
  const writing: Writing = { ...deps, object, counts, verdicts: new Map() }
  let rest = later('not sent')
  try {
    for (const chunk of chunked(coalesce(rows), MOST_ROWS)) await sendBatch(writing, chunk)
  } catch (error) {
    if (!(error instanceof HubspotError)) throw error
    const { message, recovery, retryAfterMs } = deps.explain(error)
    if (recovery === 'stop' && writing.verdicts.size === 0) throw error
    rest = later(message, retryAfterMs)
  }
  return rows.map((row) => outcomeOf(row, writing.verdicts.get(row.externalId) ?? rest))
}
