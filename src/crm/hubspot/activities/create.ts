import type { ActivityRow } from '../../activities/contract.ts'
import { keyInBody } from '../../activities/text.ts'
import { chunked } from '../../chunked.ts'
import type { Problem, Row } from '../../rows.ts'
import { afterBatchRefusal, afterRowRefusal } from '../after-refusal.ts'
import { HubspotError } from '../errors.ts'
import { codeOf } from '../send-batch.ts'
import type { WireBatch, WireRecord, WireRefusal } from '../wire.ts'
import { MOST_ROWS } from '../write-rows.ts'
import { hangAll } from './link.ts'
import { BODY_FIELDS, KEY_FIELD, propertiesOf } from './properties-of.ts'
import { failure, settle, type Writing } from './writing.ts'

/** How often an upsert is sent again whose answer was lost. */
const MOST_LOST = 2

type Creating = Writing & { placeOf: Map<string, Pick<ActivityRow, 'recordId' | 'hangsOn'>> }

/**
 * Creates activities together with their association: one call for 100, where an upsert would need a second to associate.
 * The key makes a repetition harmless: who is refused because it is taken, or has heard no answer, is upserted by it and then
 * associated. Without a key, a lost answer leaves `unknown`. Throws what keeps it from the rest.
 */
export async function createAll(writing: Writing, rows: readonly ActivityRow[]): Promise<void> {
  const placeOf = new Map(rows.map(({ draft, recordId, hangsOn }) => [draft.key, { recordId, hangsOn }]))
  const drafts = rows.map(({ draft }) => ({
    id: draft.key,
    parentId: null,
    changedAt: null,
    values: propertiesOf(draft, writing),
    rejectedFields: [],
    isSecondTry: false,
  }))
  for (const chunk of chunked(drafts, MOST_ROWS)) await create({ ...writing, placeOf }, chunk)
}

async function create(given: Creating, rows: Row[]): Promise<void> {
  if (rows.length === 0) return
  // The account may have lost the key since it was asked: then they are sent without it.
  const creating = { ...given, hasKey: given.hasKey && rows.every(({ values }) => KEY_FIELD in values) }
  const { client, object, counts, placeOf, hasKey } = creating
  const sent = rows.map((row) => {
    return { key: row.id, contactId: placeOf.get(row.id)?.recordId ?? '', properties: asSent(row) }
  })
  const answer = await client.createActivities(object, sent, counts).catch(failure)
  if (!(answer instanceof HubspotError)) {
    const { made, again, taken, unanswered } = sorted(creating, rows, answer)
    for (const [key, id] of made) settle(creating, key, 'written', id)
    await settleUnanswered(creating, unanswered, 'HubSpot did not say what became of it')
    await upsert(creating, taken)
    for (const each of again) await create(creating, each)
    return
  }
  if (answer.kind === 'lost') return await settleUnanswered(creating, rows, answer.message)
  if (answer.kind !== 'refused' || answer.detail.status === 404) throw answer
  const { problems = [], words = answer.message, status, category } = answer.detail
  if (hasKey && (status === 409 || problems.some(isTaken))) return await upsert(creating, rows)
  const next = afterBatchRefusal(rows, problems)
  const why = { reason: words, code: codeOf({ problems, category }) }
  for (const row of next.rejected) settle(creating, row.id, 'rejected', null, why)
  for (const batch of next.again) await create(creating, batch)
}

async function settleUnanswered(creating: Creating, rows: Row[], reason: string): Promise<void> {
  if (creating.hasKey) return await upsert(creating, rows)
  for (const row of rows) settle(creating, row.id, 'unknown', null, { reason })
}

/** Creates or changes by the key, and associates. May be sent any number of times. */
async function upsert(creating: Creating, rows: Row[], lost = 0): Promise<void> {
  const { client, object, counts, placeOf } = creating
  if (rows.length === 0) return
  const sent = rows.map((row) => ({ key: row.id, keyField: KEY_FIELD, properties: asSent(row) }))
  const answer = await client.upsertActivities(object, sent, counts).catch(failure)
  if (answer instanceof HubspotError) {
    if (answer.kind === 'lost' && lost < MOST_LOST) return await upsert(creating, rows, lost + 1)
    if (answer.kind !== 'refused' || answer.detail.status === 404) throw answer
    const { problems = [], words, category } = answer.detail
    if (problems.some(isKeyGone)) {
      // They may be there, and nothing is left to know them by but their text.
      for (const row of rows) settle(creating, row.id, 'unknown', null, { reason: words })
      return
    }
    const next = afterBatchRefusal(rows, problems)
    const why = { reason: words, code: codeOf({ problems, category }) }
    for (const row of next.rejected) settle(creating, row.id, 'rejected', null, why)
    for (const batch of next.again) await upsert(creating, batch, lost)
    return
  }
  const { made, again, taken, unanswered } = sorted(creating, rows, answer)
  const hanging = [...made].map(([key, activityId]) => {
    const { recordId: contactId = '', hangsOn = null } = placeOf.get(key) ?? {}
    return { key, activityId, contactId, hangsOn }
  })
  await hangAll(creating, hanging)
  for (const each of again) await upsert(creating, each, lost)
  // Taken at the very moment: somebody else has just made it.
  const open = [...taken, ...unanswered]
  if (lost < MOST_LOST) return await upsert(creating, open, lost + 1)
  for (const row of open) settle(creating, row.id, 'later', null, { reason: 'its key was taken again and again' })
}

/** What an answer says of each row. Results come shuffled; what neither results nor errors name is not known. */
function sorted(creating: Creating, rows: Row[], answer: WireBatch) {
  const open = new Map(rows.map((row) => [row.id, row]))
  const made = new Map<string, string>()
  for (const record of answer.results) {
    const key = keyOf(creating, record)
    if (key !== null && open.delete(key)) made.set(key, record.id)
  }
  const again: Row[][] = []
  const taken: Row[] = []
  for (const refusal of answer.errors ?? []) {
    for (const row of refusal.ids.flatMap((id) => open.get(id) ?? [])) {
      open.delete(row.id)
      if (creating.hasKey && (refusal.category === 'CONFLICT' || refusal.problems.some(isTaken))) taken.push(row)
      else again.push(...afterRefusal(creating, row, refusal))
    }
  }
  return { made, again, taken, unanswered: [...open.values()] }
}

/** Whether a refusal is of the value of our key: somebody has it. */
function isTaken({ field, isSchema }: Problem): boolean {
  return field === KEY_FIELD && !isSchema
}

/** Whether it is of the key itself, which the account had when it was last asked. */
function isKeyGone({ field, isSchema }: Problem): boolean {
  return field === KEY_FIELD && isSchema === true
}

function afterRefusal(creating: Creating, row: Row, { category, message, problems }: WireRefusal): Row[][] {
  const reason = [category, message].filter(Boolean).join(': ') || 'refused without a reason'
  if (category === 'RATE_LIMITS') settle(creating, row.id, 'later', null, { reason })
  else {
    const next = afterRowRefusal(row, problems)
    const code = codeOf({ problems, category })
    if (next.rejected.length > 0) settle(creating, row.id, 'rejected', null, { reason, code })
    return next.again
  }
  return []
}

function keyOf({ object }: Creating, { objectWriteTraceId, properties }: WireRecord): string | null {
  const body = properties[BODY_FIELDS[object] ?? ''] ?? ''
  return objectWriteTraceId ?? properties[KEY_FIELD] ?? keyInBody(body)
}

/** An empty property of something new is left out. */
function asSent({ values }: Row): Record<string, string> {
  const filled = Object.entries(values).flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : []))
  return Object.fromEntries(filled)
}
