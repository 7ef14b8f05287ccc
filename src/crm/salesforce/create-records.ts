import { setTimeout as sleep } from 'node:timers/promises'
import type { AppError } from '../../errors.ts'
import { chunked } from '../chunked.ts'
import type { CreateOutcome, CrmField } from '../contract.ts'
import {
  type CreateAsk,
  type Creating,
  draftsOf,
  MOST_TRIES,
  outcomesOf,
  settleMade,
  settleRejected,
} from '../creations.ts'
import type { Remembered } from '../remembered.ts'
import { type Row, withoutRefused } from '../rows.ts'
import type { SalesforceClient } from './client.ts'
import { SalesforceError } from './errors.ts'
import { codeOf, isLock, problemsOf, reasonOf } from './row-errors.ts'
import { listIn, nameIn } from './soql.ts'
import { asSent, withoutMistyped } from './typed-row.ts'
import { MOST_ROWS } from './write-pace.ts'

type Making = Creating & { client: SalesforceClient; fields: ReadonlyMap<string, CrmField> }

/**
 * Creates records by a unique external id. Who has the key already is queried by it and left alone (a query reads what is
 * committed, no index); the others are upserted, so a repetition makes no second one. Throws `SalesforceError` only for what no later
 * call can mend, and only where nothing was created.
 */
export async function createRecords(
  deps: {
    client: SalesforceClient
    schema: Remembered<CrmField[]>
    explain: (error: SalesforceError) => AppError
  },
  ask: CreateAsk,
): Promise<CreateOutcome[]> {
  const fields = new Map((await deps.schema.get(ask.object)).map((field) => [field.name, field]))
  const making: Making = { client: deps.client, fields, ...ask, outcomes: new Map() }
  const drafts = draftsOf(ask).map((row) => withoutMistyped(fields, row))
  try {
    for (const chunk of chunked(drafts, MOST_ROWS)) await make(making, chunk)
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error
    const { message, recovery, retryAfterMs } = deps.explain(error)
    if (recovery === 'stop' && making.outcomes.size === 0) throw error
    return outcomesOf(ask, making, message, retryAfterMs)
  }
  return outcomesOf(ask, making, 'locked or taken, again and again')
}

/** Looks the keys up, then creates who is not there. Who is there after a lost answer is of our making. */
async function make(making: Making, rows: readonly Row[], tries = 1, as: 'created' | 'found' = 'found'): Promise<void> {
  const { client, object, keyField, counts } = making
  if (rows.length === 0) return
  const soql = `SELECT Id, ${nameIn(keyField)} FROM ${nameIn(object)} WHERE ${keyField} IN ${listIn(rows.map(({ id }) => id))}`
  const held = await client.queryAll(soql, { count: () => counts && counts.read++ })
  const byKey = new Map(held.map((found) => [sameKey(found[keyField]), found.Id]))
  const missing = rows.filter((row) => {
    const id = byKey.get(sameKey(row.id))
    if (id) settleMade(making, row, as, id)
    return !id
  })
  await send(making, missing, tries)
}

async function send(making: Making, rows: Row[], tries: number): Promise<void> {
  const { client, object, keyField, counts, fields } = making
  if (rows.length === 0) return
  const sent = rows.map((row) => {
    const { Id: _none, ...values } = asSent(fields, row)
    return { ...values, [keyField]: row.id }
  })
  const answer = await client.upsert(object, keyField, sent, counts).catch(failure)
  if (answer instanceof SalesforceError) return await afterFailure(making, rows, answer, tries)
  const rest: Row[] = []
  const open: Row[] = []
  for (const [place, row] of rows.entries()) {
    const saved = answer[place]
    if (saved?.success && saved.id) settleMade(making, row, saved.created === false ? 'found' : 'created', saved.id)
    // A key that somebody else is just making unique is there the next time (crm.md 4.1).
    else if (saved === undefined || saved.errors.some((error) => isLock(error) || isTaken(error, keyField)))
      open.push(row)
    else {
      const kept = withoutRefused(row, problemsOf(saved.errors))
      if (kept) rest.push(kept)
      else settleRejected(making, row, reasonOf(saved.errors), codeOf(saved.errors))
    }
  }
  await send(making, rest, tries)
  await again(making, open, tries)
}

/** A duplicate names its field only in its words; of the key it means that somebody was faster. */
function isTaken({ code, message, fields }: { code: string; message: string; fields: string[] }, keyField: string) {
  return code === 'DUPLICATE_VALUE' && (fields.includes(keyField) || message.includes(keyField))
}

async function afterFailure(making: Making, rows: Row[], error: SalesforceError, tries: number): Promise<void> {
  const { status, code, words = error.message } = error.detail
  if (error.kind === 'lost') return await again(making, rows, tries, 'created')
  if (error.kind !== 'refused' || status !== 400 || code === 'INVALID_TYPE') throw error
  // One row that cannot be read has the whole request refused: halving finds it.
  const [only] = rows
  if (only && rows.length === 1) return settleRejected(making, only, words, code ?? 'refused')
  const half = Math.ceil(rows.length / 2)
  await send(making, rows.slice(0, half), tries)
  await send(making, rows.slice(half), tries)
}

async function again(making: Making, rows: Row[], tries: number, as: 'created' | 'found' = 'found'): Promise<void> {
  if (rows.length === 0 || tries >= MOST_TRIES) return
  await sleep(250 * 2 ** tries)
  await make(making, rows, tries + 1, as)
}

/** External ids are one whatever their case, unless an admin has said otherwise. */
function sameKey(key: string | null | undefined): string {
  return (key ?? '').trim().toLowerCase()
}

function failure(error: unknown): SalesforceError {
  if (error instanceof SalesforceError) return error
  throw error
}
