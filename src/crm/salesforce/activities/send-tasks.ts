import { setTimeout as sleep } from 'node:timers/promises'
import type { ActivityOutcome, ActivityRow } from '../../activities/contract.ts'
import type { CallCounts } from '../../contract.ts'
import type { SalesforceClient } from '../client.ts'
import { SalesforceError } from '../errors.ts'
import { codeOf, isGone, isLock, problemsOf, type RowFate, reasonOf } from '../row-errors.ts'
import type { RowError, SavedRow } from '../wire.ts'
import type { Task } from './task-of.ts'

/** How often rows are sent again whose answer was lost, that a lock kept out, or whose key was taken at the very moment. */
const MOST_TRIES = 3

/** A task under way; sent again without fields that the org has refused, that is done once. */
export type Sent = { row: ActivityRow; task: Task; isSecondTry: boolean }

export type Sending = {
  client: SalesforceClient
  counts: CallCounts | undefined
  outcomes: Map<string, ActivityOutcome>
  /** Sends rows as they are to be sent; twice is once, unless `isOnce`. */
  send(tasks: Task[]): Promise<SavedRow[]>
  isOnce: boolean
}

/** Sends at most 200 tasks, and again what may pass, until each has its outcome. Throws what keeps it from that. */
export async function sendTasks(sending: Sending, sent: readonly Sent[], tries = 1): Promise<void> {
  if (sent.length === 0) return
  const answer = await sending.send(sent.map(({ task }) => task)).catch(failure)
  if (answer instanceof SalesforceError) return await afterFailure(sending, sent, answer, tries)
  const again: Sent[] = []
  const passing: Sent[] = []
  for (const [place, each] of sent.entries()) {
    const saved = answer[place]
    if (saved?.success) settle(sending, each, 'written', saved.id ?? each.row.activityId)
    else if (saved === undefined && sending.isOnce) settle(sending, each, 'unknown', null, 'no answer for this row')
    else if (saved === undefined) passing.push(each)
    else {
      const fate = fateOf(each, saved.errors)
      const rest = fate === 'refused' ? withoutRefused(each, saved.errors) : null
      if (fate === 'locked') passing.push(each)
      else if (fate === 'gone') settle(sending, each, 'missing', null, reasonOf(saved.errors))
      else if (rest) again.push(rest)
      else settle(sending, each, 'rejected', each.row.activityId, reasonOf(saved.errors), codeOf(saved.errors))
    }
  }
  await sendTasks(sending, again, tries)
  await afterPassing(sending, passing, tries)
}

async function afterPassing(sending: Sending, sent: readonly Sent[], tries: number): Promise<void> {
  if (sent.length === 0) return
  if (tries >= MOST_TRIES) {
    for (const each of sent) settle(sending, each, 'later', each.row.activityId, 'locked or taken, again and again')
    return
  }
  await sleep(250 * 2 ** tries)
  await sendTasks(sending, sent, tries + 1)
}

async function afterFailure(
  sending: Sending,
  sent: readonly Sent[],
  error: SalesforceError,
  tries: number,
): Promise<void> {
  const { status, code, words } = error.detail
  if (error.kind === 'lost') {
    if (!sending.isOnce && tries < MOST_TRIES) return await afterPassing(sending, sent, tries)
    const outcome = sending.isOnce ? 'unknown' : 'later'
    for (const each of sent) settle(sending, each, outcome, each.row.activityId, error.message)
    return
  }
  if (error.kind !== 'refused' || status !== 400 || code === 'INVALID_TYPE') throw error
  // One row that cannot be read has the whole request refused: halving finds it.
  const [only] = sent
  if (only && sent.length === 1)
    return settle(sending, only, 'rejected', only.row.activityId, words ?? error.message, code)
  const half = Math.ceil(sent.length / 2)
  await sendTasks(sending, sent.slice(0, half), tries)
  await sendTasks(sending, sent.slice(half), tries)
}

function fateOf({ row, task: { Id: _own, ...values } }: Sent, errors: readonly RowError[]): RowFate {
  // A key that somebody else is just making unique: it is there the next time (crm.md 4.1).
  if (errors.some((error) => isLock(error) || error.code === 'DUPLICATE_VALUE')) return 'locked'
  return row.activityId !== null && isGone(values, errors) ? 'gone' : 'refused'
}

/** Once more without the fields that a refusal names; never without the person it hangs on. */
function withoutRefused({ row, task, isSecondTry }: Sent, errors: readonly RowError[]): Sent | null {
  const named = problemsOf(errors).map(({ field }) => field)
  const isEssential = named.includes('WhoId')
  if (isSecondTry || isEssential || !named.some((field) => field in task)) return null
  const kept = Object.entries(task).filter(([field]) => !named.includes(field))
  return { row, task: Object.fromEntries(kept), isSecondTry: true }
}

function settle(
  { outcomes }: Sending,
  { row }: Sent,
  outcome: ActivityOutcome['outcome'],
  activityId: string | null,
  reason?: string,
  code?: string,
): void {
  const { key } = row.draft
  outcomes.set(key, { key, outcome, activityId, ...(reason !== undefined && { reason }), ...(code && { code }) })
}

function failure(error: unknown): SalesforceError {
  if (error instanceof SalesforceError) return error
  throw error
}
