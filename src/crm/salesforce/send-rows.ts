import { setTimeout as sleep } from 'node:timers/promises'
import { mayStillRun } from '../failure.ts'
import { isEmpty, later, notWritten, type Row, settledEmpty, withoutRefused, written } from '../rows.ts'
import { SalesforceError } from './errors.ts'
import { type Moved, onePerRecord, withoutNewer } from './merged-rows.ts'
import { holds, isOurs, type ReadBack, readBack } from './read-back.ts'
import { retrieveRecords } from './retrieve.ts'
import { codeOf, fateOf, problemsOf, reasonOf } from './row-errors.ts'
import { asSent, withoutMistyped } from './typed-row.ts'
import type { SavedRow } from './wire.ts'

const unwritten = 'sent without an answer, and found unwritten'
/** How often rows are sent again whose answer was lost and that were then found unwritten. */
const MOST_LOST = 2
/** How many rows of one write may have a request refused before that is no longer taken for the rows' fault. */
const MOST_REFUSED_ALONE = 20

export type Writing = ReadBack &
  Moved & {
    /** Rows that met a lock, to be tried again after all others. */
    locked: Row[]
    /** Rows that were saved, to be read back together when all are sent. */
    saved: Row[]
    /** Rows whose record turned out to live on in another, to be written there after all others. */
    moved: Row[]
    /** Told of every answer to a write. */
    observe: (call: { rows: number; ms: number; isCrowded: boolean }) => void
    /** Rows that had a request of their own refused as a whole. */
    refusedAlone: Row[]
  }

/** `mayRun`: an earlier try may still be carried out. */
type Tries = { lost: number; areIdsResolved: boolean; mayRun: boolean }

/** Sends at most 200 rows, and whatever has to follow until each has its verdict or waits for a lock. Throws what keeps it from that. */
export async function sendRows(
  writing: Writing,
  batch: readonly Row[],
  tries: Tries = { lost: 0, areIdsResolved: false, mayRun: false },
): Promise<void> {
  for (const rows of onePerRecord(writing, batch)) await sendOnce(writing, rows, tries)
}

async function sendOnce(writing: Writing, batch: readonly Row[], tries: Tries): Promise<void> {
  const { client, object, counts, verdicts, fields, movedTo } = writing
  const typed = batch.map((row) => withoutMistyped(fields, withoutNewer(writing, row)))
  for (const row of typed.filter(isEmpty)) verdicts.set(row.id, settledEmpty(row))
  const rows = typed.filter((row) => !isEmpty(row))
  if (rows.length === 0) return
  const sent = rows.map((row) => asSent(fields, { ...row, id: movedTo.get(row.id) ?? row.id }))
  const startedAt = performance.now()
  const answer = await client.update(object, sent, counts).catch(failure)
  writing.observe({ rows: sent.length, ms: performance.now() - startedAt, isCrowded: isCrowded(rows, answer) })
  if (!(answer instanceof SalesforceError)) return await settleAnswer(writing, rows, answer, tries)
  if (answer.kind === 'lost')
    return await settleLost(writing, rows, { ...tries, mayRun: tries.mayRun || mayStillRun(answer) })
  // The request as a whole, for the sake of one row that only halving finds.
  const { status, code } = answer.detail
  if (answer.kind === 'refused' && status === 400 && code !== 'INVALID_TYPE')
    return await settleRefused(writing, rows, answer, tries)
  throw answer
}

/** Answers come in the order of the rows. */
async function settleAnswer(writing: Writing, rows: Row[], answers: SavedRow[], tries: Tries): Promise<void> {
  const again: Row[] = []
  const gone: { row: Row; reason: string }[] = []
  const unanswered: Row[] = []
  for (const [place, row] of rows.entries()) {
    const answer = answers[place]
    if (answer === undefined) unanswered.push(row)
    else if (answer.success) {
      writing.saved.push(row)
      writing.verdicts.set(row.id, written(row, row.values))
    } else {
      const reason = reasonOf(answer.errors)
      const fate = fateOf(row, answer.errors)
      const rest = fate === 'refused' ? withoutRefused(row, problemsOf(answer.errors)) : null
      if (fate === 'locked') writing.locked.push(row)
      else if (fate === 'gone') gone.push({ row, reason })
      else if (rest) again.push(rest)
      else writing.verdicts.set(row.id, notWritten('rejected', row, reason, codeOf(answer.errors)))
    }
  }
  // First those we know nothing of: what fails from here on finds them read.
  if (unanswered.length > 0) await settleLost(writing, unanswered, tries)
  await settleGone(writing, gone, tries)
  if (again.length > 0) await sendRows(writing, again, tries)
}

/** Deleted, merged into another, or converted: of these only the merged ones can still be written, where they live now. */
async function settleGone(
  writing: Writing,
  gone: readonly { row: Row; reason: string }[],
  tries: Tries,
): Promise<void> {
  const { client, object, counts, verdicts, movedTo } = writing
  if (gone.length === 0) return
  if (tries.areIdsResolved) {
    for (const { row } of gone) verdicts.set(row.id, later('merged or deleted while it was written'))
    return
  }
  const ids = gone.map(({ row }) => row.id)
  const found = await retrieveRecords(client, object, ids, [], () => counts && counts.read++)
  for (const { row, reason } of gone) {
    const id = found.get(row.id)?.Id ?? row.id
    if (id === row.id) verdicts.set(row.id, notWritten('missing', row, reason))
    else {
      movedTo.set(row.id, id)
      // When it was read, it was another record: what has changed this one since tells nothing.
      writing.moved.push({ ...row, changedAt: null })
    }
  }
}

/** Sends what was put aside because its record was merged into another. An earlier try of it may still be carried out. */
export async function sendMoved(writing: Writing): Promise<void> {
  await sendRows(writing, writing.moved.splice(0), { lost: 0, areIdsResolved: true, mayRun: true })
}

/** The org was too busy for the call, or rows of it stood in each other's way: what one in a hundred meets is bad luck. */
function isCrowded(rows: readonly Row[], answer: SavedRow[] | SalesforceError): boolean {
  if (answer instanceof SalesforceError) return answer.kind === 'busy' || answer.detail.status === 503
  const locked = rows.filter((row, place) => fateOf(row, answer[place]?.errors ?? []) === 'locked')
  return locked.length > rows.length / 100
}

/** Halves until the bad rows go alone. Throws the refusal where they are so many that it is about something else. */
async function settleRefused(writing: Writing, rows: Row[], refused: SalesforceError, tries: Tries): Promise<void> {
  const [only] = rows
  if (only && rows.length === 1) {
    if (writing.refusedAlone.push(only) > MOST_REFUSED_ALONE) throw refused
    const { words = refused.message, code } = refused.detail
    writing.verdicts.set(only.id, notWritten('rejected', only, words, code))
    return
  }
  const half = Math.ceil(rows.length / 2)
  await sendRows(writing, rows.slice(0, half), tries)
  await sendRows(writing, rows.slice(half), tries)
}

/** Sent, and no word about these rows: what the records hold now tells, and what is not there is sent again. */
async function settleLost(writing: Writing, rows: Row[], tries: Tries): Promise<void> {
  const { verdicts } = writing
  const held = await readBack(writing, rows)
  if (held instanceof SalesforceError) {
    for (const row of rows) verdicts.set(row.id, notWritten('unknown', row, held.message))
    return
  }
  const open: Row[] = []
  for (const row of rows) {
    const record = held.get(row.id)
    if (!record) verdicts.set(row.id, notWritten('missing', row, 'no such record'))
    else if (isOurs(record, row, writing.ownId) || holds(record, row.values, writing.fields))
      verdicts.set(row.id, written(row, record))
    else open.push(row)
  }
  if (tries.lost >= MOST_LOST) {
    for (const row of open)
      verdicts.set(row.id, tries.mayRun ? notWritten('unknown', row, unwritten) : later(unwritten))
    return
  }
  if (open.length > 0) await sleep(250 * 2 ** tries.lost)
  await sendRows(writing, open, { ...tries, lost: tries.lost + 1 })
}

function failure(error: unknown): SalesforceError {
  if (error instanceof SalesforceError) return error
  throw error
}
