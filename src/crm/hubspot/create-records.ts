import { setTimeout as sleep } from 'node:timers/promises'
import type { AppError } from '../../errors.ts'
import { chunked } from '../chunked.ts'
import type { CreateOutcome } from '../contract.ts'
import {
  type CreateAsk,
  type Creating,
  draftsOf,
  MOST_TRIES,
  outcomesOf,
  settleMade,
  settleRejected,
} from '../creations.ts'
import type { Row } from '../rows.ts'
import { afterBatchRefusal, afterRowRefusal } from './after-refusal.ts'
import type { HubspotClient } from './client.ts'
import { HubspotError } from './errors.ts'
import { codeOf } from './send-batch.ts'
import type { WireRefusal } from './wire.ts'
import { MOST_ROWS } from './write-rows.ts'

type Making = Creating & { client: HubspotClient }

const taken = 'another record has one of these values, and not this key'

/**
 * Creates contacts by a property with unique values. Who has the key already is read by it and left alone; the others are upserted,
 * so a repetition makes no second one. Throws `HubspotError` only for what no later call can mend, and only where nothing was created.
 */
export async function createRecords(
  deps: { client: HubspotClient; explain: (error: HubspotError) => AppError },
  ask: CreateAsk,
): Promise<CreateOutcome[]> {
  const making: Making = { ...deps, ...ask, outcomes: new Map() }
  try {
    for (const chunk of chunked(draftsOf(ask), MOST_ROWS)) await make(making, chunk)
  } catch (error) {
    if (!(error instanceof HubspotError)) throw error
    const { message, recovery, retryAfterMs } = deps.explain(error)
    if (recovery === 'stop' && making.outcomes.size === 0) throw error
    return outcomesOf(ask, making, message, retryAfterMs)
  }
  return outcomesOf(ask, making, 'HubSpot did not say what became of it')
}

/** Looks the keys up, then creates who is not there. `tries` counts answers that were lost: who is there by then is of our making. */
async function make(making: Making, rows: readonly Row[], tries = 1): Promise<void> {
  const missing = await settleFound(making, rows, tries > 1 ? 'created' : 'found')
  await send(making, missing, tries)
}

async function settleFound(making: Making, rows: readonly Row[], as: 'created' | 'found'): Promise<Row[]> {
  const { client, object, keyField, counts } = making
  if (rows.length === 0) return []
  const keys = rows.map(({ id }) => id)
  const { results, errors } = await client.readByKey(object, { keyField, keys }, counts)
  const trouble = errors?.find(({ category }) => category !== 'OBJECT_NOT_FOUND')
  if (trouble) throw new HubspotError('lost', `HubSpot could not read all records: ${trouble.category ?? 'unnamed'}`)
  const byKey = new Map(results.map((record) => [sameKey(record.properties[keyField]), record.id]))
  return rows.filter((row) => {
    const id = byKey.get(sameKey(row.id))
    if (id !== undefined) settleMade(making, row, as, id)
    return id === undefined
  })
}

async function send(making: Making, rows: Row[], tries: number): Promise<void> {
  const { client, object, keyField, counts } = making
  if (rows.length === 0) return
  const sent = rows.map(({ id, values }) => ({ key: id, properties: filled(values) }))
  const answer = await client.upsertByKey(object, keyField, sent, counts).catch(failure)
  if (answer instanceof HubspotError) {
    if (answer.kind === 'lost') return await again(making, rows, tries)
    const { status, problems = [], words = answer.message, category } = answer.detail
    if (answer.kind !== 'refused' || status === 404) throw answer
    // Without the key no row can be told from another: that is no refusal of a person.
    if (problems.some((problem) => problem.field === keyField && problem.isSchema)) throw answer
    const next = afterBatchRefusal(rows, problems)
    for (const row of next.rejected) await settleRefused(making, row, { problems, category, message: words })
    for (const batch of next.again) await send(making, batch, tries)
    return
  }
  const open = new Map(rows.map((row) => [sameKey(row.id), row]))
  for (const record of answer.results) {
    const row = open.get(sameKey(record.objectWriteTraceId)) ?? open.get(sameKey(record.properties[keyField]))
    if (row && open.delete(sameKey(row.id)))
      settleMade(making, row, record.new === false ? 'found' : 'created', record.id)
  }
  const rest: Row[][] = []
  for (const refusal of answer.errors ?? []) {
    for (const row of refusal.ids.flatMap((id) => open.get(sameKey(id)) ?? [])) {
      open.delete(sameKey(row.id))
      // Not answered for: looked for again as those are whose answer was lost.
      if (refusal.category === 'RATE_LIMITS') open.set(sameKey(row.id), row)
      else {
        const next = afterRowRefusal(row, refusal.problems)
        for (const each of next.rejected) await settleRefused(making, each, refusal)
        rest.push(...next.again)
      }
    }
  }
  for (const batch of rest) await send(making, batch, tries)
  await again(making, [...open.values()], tries)
}

/** What nobody knows of is looked for by its key, and sent again where it is not there. */
async function again(making: Making, rows: Row[], tries: number): Promise<void> {
  if (rows.length === 0 || tries >= MOST_TRIES) return
  await sleep(250 * 2 ** tries)
  await make(making, rows, tries + 1)
}

/** Somebody may have created it meanwhile: then it is used. Else a value is another record's, or wrong. */
async function settleRefused(
  making: Making,
  row: Row,
  { category, problems, message }: Pick<WireRefusal, 'category' | 'problems' | 'message'>,
): Promise<void> {
  const isConflict = category === 'CONFLICT'
  if (isConflict && (await settleFound(making, [row], 'found')).length === 0) return
  const words = isConflict ? taken : [category, message].filter(Boolean).join(': ') || 'refused without a reason'
  settleRejected(making, row, words, codeOf({ problems, category }))
}

/** E-mails are kept in lower case. */
function sameKey(key: string | null | undefined): string {
  return (key ?? '').trim().toLowerCase()
}

function filled(values: Row['values']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]])),
  )
}

function failure(error: unknown): HubspotError {
  if (error instanceof HubspotError) return error
  throw error
}
