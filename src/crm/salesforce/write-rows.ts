import { setTimeout as sleep } from 'node:timers/promises'
import type { AppError } from '../../errors.ts'
import { chunked } from '../chunked.ts'
import type { CallCounts, CrmField, WriteOutcome, WriteRow } from '../contract.ts'
import type { Remembered } from '../remembered.ts'
import { backoffMs } from '../retry.ts'
import { coalesce, later, outcomeOf, type Row } from '../rows.ts'
import { SalesforceError } from './errors.ts'
import { sendRows, type Writing } from './send-rows.ts'

/** Salesforce takes 200 rows in one call. */
export const MOST_ROWS = 200
/** Rows that a lock kept out are tried again in ever smaller company: a trigger over 200 rows may hold them for long. */
const LOCK_CHUNKS = [50, 10, 1, 1]

/**
 * Writes each row once and says what became of it, in the order of the rows. Rows of one account go side by side, for an
 * update locks the account; those that met a lock are tried again after all others. Throws `SalesforceError` only for what no
 * later call can mend (credentials, no such object), and only where nothing has been written yet.
 */
export async function writeRows(
  deps: Pick<Writing, 'client' | 'us' | 'authorsOf'> & {
    schema: Remembered<CrmField[]>
    explain: (error: SalesforceError) => AppError
    lockDelayMs: number
  },
  object: string,
  rows: readonly WriteRow[],
  counts?: CallCounts,
): Promise<WriteOutcome[]> {
  if (rows.length === 0) return []
  const { client, us, authorsOf, lockDelayMs, explain } = deps
  const fields = await fieldsFor(deps.schema, object, rows)
  const writing: Writing = { client, us, authorsOf, object, counts, fields, verdicts: new Map(), locked: [] }
  let rest = later('not sent')
  try {
    for (const chunk of chunked(byParent(coalesce(rows)), MOST_ROWS)) await sendRows(writing, chunk)
    for (const [round, size] of LOCK_CHUNKS.entries()) {
      const again = writing.locked.splice(0)
      if (again.length === 0) break
      await sleep(backoffMs(lockDelayMs, round + 1))
      for (const chunk of chunked(byParent(again), size)) await sendRows(writing, chunk)
    }
    rest = later('locked by somebody else, again and again')
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error
    const { message, recovery, retryAfterMs } = explain(error)
    if (recovery === 'stop' && writing.verdicts.size === 0) throw error
    rest = later(message, retryAfterMs)
  }
  return rows.map((row) => outcomeOf(row, writing.verdicts.get(row.externalId) ?? rest))
}

/** Asked for anew where a row names a field that we have not seen yet: the admin may have added it since. */
async function fieldsFor(schema: Remembered<CrmField[]>, object: string, rows: readonly WriteRow[]) {
  const byName = (fields: CrmField[]) => new Map(fields.map((field) => [field.name, field]))
  const known = byName(await schema.get(object))
  const isKnown = rows.every(({ values }) => Object.keys(values).every((name) => known.has(name)))
  return isKnown ? known : byName(await schema.renew(object))
}

function byParent(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => {
    const [one, other] = [a.parentId ?? a.id, b.parentId ?? b.id]
    return one === other ? 0 : one < other ? -1 : 1
  })
}
