import { setTimeout as sleep } from 'node:timers/promises'
import type { AppError } from '../../errors.ts'
import { chunked } from '../chunked.ts'
import type { CallCounts, CrmField, WriteOutcome, WriteRow } from '../contract.ts'
import type { Remembered } from '../remembered.ts'
import { backoffMs } from '../retry.ts'
import { coalesce, later, outcomeOf, type Row } from '../rows.ts'
import { SalesforceError } from './errors.ts'
import { toLongId } from './ids.ts'
import { verdictsOfSaved } from './landed.ts'
import { parentOf, sendChunks } from './send-chunks.ts'
import { sendMoved, sendRows, type Writing } from './send-rows.ts'
import { type openPaces, paceAfter, type WritePace } from './write-pace.ts'

/** Rows that a lock kept out are tried again in ever smaller company: a trigger over 200 rows may hold them for long. */
const LOCK_CHUNKS = [50, 10, 1, 1]

export type Patience = {
  /** The first pause before rows that a lock kept out are tried again. */
  lockDelayMs: number
  /** How long they are tried: the org itself waits ten seconds for a lock, in every call. */
  lockPatienceMs: number
  /** How long a call may take the org. */
  longestCallMs: number
}

/**
 * Writes each row once and says what became of it, in the order of the rows. Rows of one account go side by side, for an
 * update locks the account; those that met a lock are tried again after all others. Throws `SalesforceError` only for what no
 * later call can mend (credentials, no such object), and only where nothing has been written yet.
 */
export async function writeRows(
  deps: Pick<Writing, 'client' | 'authorsOf'> & {
    us: () => Promise<string>
    schema: Remembered<CrmField[]>
    explain: (error: SalesforceError) => AppError
    paces: ReturnType<typeof openPaces>
    patience: Patience
  },
  object: string,
  given: readonly WriteRow[],
  counts?: CallCounts,
): Promise<WriteOutcome[]> {
  if (given.length === 0) return []
  const { client, us, authorsOf, patience, paces, explain } = deps
  // Both spellings of an id are one record.
  const rows = given.map((row) => ({ ...row, externalId: toLongId(row.externalId) }))
  const verdicts: Writing['verdicts'] = new Map()
  let rest = later('locked by somebody else, again and again')
  try {
    const fields = await fieldsFor(deps.schema, object, rows)
    const ownId = await us()
    let pace = await paces.read(object)
    const state = { verdicts, locked: [], saved: [], moved: [], movedTo: new Map(), refusedAlone: [] }
    const observe: Writing['observe'] = (call) => {
      pace = paceAfter(pace, call, patience.longestCallMs)
    }
    const writing: Writing = { client, ownId, authorsOf, object, counts, fields, observe, ...state }
    try {
      await sendAll(writing, coalesce(rows), () => pace, patience)
    } finally {
      await paces.keep(object, pace)
      for (const [id, verdict] of await verdictsOfSaved(writing, writing.saved)) verdicts.set(id, verdict)
    }
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error
    const { message, recovery, retryAfterMs } = explain(error)
    if (recovery === 'stop' && verdicts.size === 0) throw error
    rest = later(message, retryAfterMs)
  }
  return given.map((row) => outcomeOf(row, verdicts.get(toLongId(row.externalId)) ?? rest))
}

/** All rows once, then those that met a lock, until none is left or patience is at its end: they keep without a verdict. */
async function sendAll(
  writing: Writing,
  rows: readonly Row[],
  pace: () => WritePace,
  { lockDelayMs, lockPatienceMs }: Patience,
) {
  await sendChunks(rows, pace, (chunk) => sendRows(writing, chunk))
  // Only now, when no other call may be writing to the records they have become.
  await sendMoved(writing)
  const until = performance.now() + lockPatienceMs
  for (const [round, size] of LOCK_CHUNKS.entries()) {
    const again = writing.locked.splice(0)
    if (again.length === 0) return
    await sleep(backoffMs(lockDelayMs, round + 1))
    for (const chunk of chunked(byParent(again), size)) {
      if (performance.now() > until) return
      await sendRows(writing, chunk)
    }
  }
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
    const [one, other] = [parentOf(a), parentOf(b)]
    return one === other ? 0 : one < other ? -1 : 1
  })
}
