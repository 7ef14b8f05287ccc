import { setTimeout as sleep } from 'node:timers/promises'
import { mayStillRun } from '../failure.ts'
import { isEmpty, later, notWritten, type Row, settledEmpty, together, type Verdict, written } from '../rows.ts'
import { afterBatchRefusal, afterRowRefusal, type Next } from './after-refusal.ts'
import { HubspotError } from './errors.ts'
import { findRecords } from './find-records.ts'
import { holds, type ReadBack, readBack } from './read-back.ts'
import { settledStage } from './settled-stage.ts'
import type { WireBatch, WireRefusal } from './wire.ts'

const unwritten = 'sent without an answer, and found unwritten'
/** How often rows are sent again whose answer was lost and that were then found unwritten. */
const MOST_LOST = 2

export type Writing = ReadBack & {
  /** By id, as they are reached: what was written stays known when a later call fails. */
  verdicts: Map<string, Verdict>
}

/** `mayRun`: an earlier try may still be carried out. */
type Tries = { lost: number; areIdsResolved: boolean; mayRun: boolean }

/** Sends one batch, and whatever has to follow it until each row has its verdict. Throws what keeps it from that. */
export async function sendBatch(
  writing: Writing,
  batch: Row[],
  tries = { lost: 0, areIdsResolved: false, mayRun: false },
): Promise<void> {
  const { client, object, counts } = writing
  for (const row of batch.filter(isEmpty)) writing.verdicts.set(row.id, settledEmpty(row))
  const rows = batch.filter((row) => !isEmpty(row))
  if (rows.length === 0) return
  const answer = await client.updateBatch(object, rows.map(asSent), counts).catch(failure)
  if (!(answer instanceof HubspotError)) return await settleAnswer(writing, rows, answer, tries)
  if (answer.kind === 'lost')
    return await settleLost(writing, rows, { ...tries, mayRun: tries.mayRun || mayStillRun(answer) })
  if (answer.kind === 'refused' && answer.detail.status !== 404)
    return await settleRefused(writing, rows, answer, tries)
  throw answer
}

/** Results come shuffled and errors name their rows: nothing is told by its place. */
async function settleAnswer(writing: Writing, rows: Row[], answer: WireBatch, tries: Tries): Promise<void> {
  const open = new Map(rows.map((row) => [row.id, row]))
  for (const record of answer.results) {
    const row = open.get(record.objectWriteTraceId ?? record.id) ?? open.get(record.id)
    if (row && open.delete(row.id)) writing.verdicts.set(row.id, settledStage(row, record.properties))
  }
  const again: Row[] = []
  for (const refusal of answer.errors ?? []) {
    for (const row of refusal.ids.flatMap((id) => open.get(id) ?? [])) {
      open.delete(row.id)
      again.push(...settleRowRefusal(writing, row, refusal))
    }
  }
  // First those we know nothing of: what fails from here on finds them read.
  if (open.size > 0) await settleLost(writing, [...open.values()], tries)
  await sendBatch(writing, again, tries)
}

function settleRowRefusal({ verdicts }: Writing, row: Row, refusal: WireRefusal): Row[] {
  const reason = [refusal.category, refusal.message].filter(Boolean).join(': ') || 'refused without a reason'
  if (refusal.category === 'OBJECT_NOT_FOUND') verdicts.set(row.id, notWritten('missing', row, reason))
  else if (refusal.category === 'RATE_LIMITS') verdicts.set(row.id, later(reason))
  else {
    const next = afterRowRefusal(row, refusal.problems)
    if (next.rejected.length > 0) verdicts.set(row.id, notWritten('rejected', row, reason, codeOf(refusal)))
    return next.again.flat()
  }
  return []
}

async function settleRefused(writing: Writing, rows: Row[], refused: HubspotError, tries: Tries): Promise<void> {
  const { ids = [], problems = [], words = refused.message, category } = refused.detail
  // Ids that name one record since a merge are "duplicates", though we sent each once.
  const areDuplicates = ids.length > 0 && problems.length === 0
  if (areDuplicates && rows.length > 1 && !tries.areIdsResolved) return await sendResolved(writing, rows, tries)
  const next: Next = afterBatchRefusal(rows, problems)
  for (const row of next.rejected)
    writing.verdicts.set(row.id, notWritten('rejected', row, words, codeOf({ problems, category })))
  for (const batch of next.again) await sendBatch(writing, batch, tries)
}

/** Under the ids that the records have now, rows of one record joined. */
async function sendResolved(writing: Writing, rows: Row[], tries: Tries): Promise<void> {
  const { client, object, counts, verdicts } = writing
  const ids = rows.map(({ id }) => id)
  const found = await findRecords(client, object, ids, { fields: [], historyOf: [] }, counts)
  const groups = Map.groupBy(rows, (row) => found.get(row.id)?.id)
  for (const row of groups.get(undefined) ?? []) verdicts.set(row.id, notWritten('missing', row, 'no such record'))
  groups.delete(undefined)
  const joined = [...groups].map(([id = '', members]) => together(id, members))
  try {
    await sendBatch(writing, joined, { ...tries, areIdsResolved: true })
  } finally {
    for (const [id = '', members] of groups) {
      const verdict = verdicts.get(id)
      if (verdict) for (const { id: asked } of members) verdicts.set(asked, verdict)
    }
  }
}

/** Sent, and no word about these rows: what the records hold now tells, and what is not there is sent again. */
async function settleLost(writing: Writing, rows: Row[], tries: Tries): Promise<void> {
  const { verdicts } = writing
  const held = await readBack(writing, rows).catch(failure)
  if (held instanceof HubspotError) {
    for (const row of rows) verdicts.set(row.id, notWritten('unknown', row, held.message))
    return
  }
  const open: Row[] = []
  for (const row of rows) {
    const record = held.records.get(row.id)
    if (!record) verdicts.set(row.id, notWritten('missing', row, 'no such record'))
    else if (holds(record, row.values, held.fields)) verdicts.set(row.id, written(row, record.properties))
    else open.push(row)
  }
  if (tries.lost >= MOST_LOST) {
    for (const row of open)
      verdicts.set(row.id, tries.mayRun ? notWritten('unknown', row, unwritten) : later(unwritten))
    return
  }
  if (open.length > 0) await sleep(250 * 2 ** tries.lost)
  await sendBatch(writing, open, { ...tries, lost: tries.lost + 1 })
}

/** '' clears a field; their API takes no null. */
function asSent({ id, values }: Row): { id: string; properties: Record<string, string> } {
  return { id, properties: Object.fromEntries(Object.entries(values).map(([field, value]) => [field, value ?? ''])) }
}

/** `VALIDATION_ERROR` says less than the code of the one problem below it. */
export function codeOf({ problems, category }: Pick<WireRefusal, 'problems' | 'category'>): string {
  return problems[0]?.code ?? category ?? 'refused'
}

function failure(error: unknown): HubspotError {
  if (error instanceof HubspotError) return error
  throw error
}
