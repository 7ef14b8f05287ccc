import { isUndone } from '../audit/index.ts'
import { findRecord, planImports } from '../contacts/index.ts'
import { accountOf, type Crm, nounOf } from '../crm/index.ts'
import { transact, withLock } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { quietHold } from '../limits/index.ts'
import { activeMappings, linkedConversations, releaseHeld } from '../sync/index.ts'
import { admit } from './admit.ts'
import { answerPushed } from './answer-pushed.ts'
import { selectConversations } from './conversation-store.ts'
import { giveBack, nextOfRecord, takeRequest } from './due-store.ts'
import { putAside } from './put-aside.ts'
import { getRequest, markReleased, moveRequest } from './request-store.ts'
import { rerunOpen } from './rerun-open.ts'
import type { TriggerDeps, TriggerRequest } from './types.ts'
import { count } from './words.ts'

/** How soon a request is looked at again whose record somebody is at work on. */
const lookAgainMs = 5_000

type Work = { requestId: number; attempt: number; signal: AbortSignal }

/**
 * Does what a request asks, from wherever it stands: finds the record, chooses its conversations, reruns them as one run and
 * releases what they say; where nothing waits to be pushed, gives the answer too. One worker at a time per record, which then
 * takes what else the record asks: the same question is not put to the model by two at once. Twice is safe, and what was
 * rerun before is not paid for again. What passes parks the request, what does not ends it; only what nobody foresaw is
 * thrown.
 */
export async function takeUpRequest(deps: TriggerDeps, { requestId, attempt, signal }: Work): Promise<void> {
  const { db } = deps
  const request = await getRequest(db, requestId)
  const { connection, object, externalId } = request
  const isMine = await withLock(db, `triggers.rerun:${connection}/${object}/${externalId}`, async () => {
    let next: number | undefined = requestId
    do {
      await takeUp(deps, { requestId: next, attempt, signal })
      next = await nextOfRecord(db, request)
    } while (next !== undefined && !signal.aborted)
    return true
  })
  // Its holder most likely takes it too; unless that was just about to leave.
  if (isMine === null) await giveBack(db, requestId, lookAgainMs)
}

async function takeUp(deps: TriggerDeps, { requestId, attempt, signal }: Work): Promise<void> {
  // Told to end before it began, as in the middle: whoever lives takes it up where it stands.
  if (signal.aborted) return giveBack(deps.db, requestId)
  const request = await takeRequest(deps.db, requestId)
  if (!request) return
  try {
    await carryOut(deps, request, signal)
  } catch (error) {
    if (signal.aborted) return giveBack(deps.db, requestId)
    await release(deps, requestId, { isWhole: false })
    await putAside(deps.db, request, { error, attempt })
    if (!(error instanceof AppError)) throw error
  }
}

async function carryOut(deps: TriggerDeps, request: TriggerRequest, signal: AbortSignal): Promise<void> {
  const { db, crms } = deps
  const { id, connection } = request
  const crm = crms.get(connection)
  if (!crm) throw new AppError('connection.not_found', 'stop', `connection ${connection} is configured no more`)
  const runId = request.runId ?? (await begin(deps, crm, request))
  if (runId === null) return
  if (await isUndone(db, runId)) {
    const message = 'Not gone on with: the run of this request was undone meanwhile.'
    await moveRequest(db, id, { state: 'refused', reason: 'undone', message })
    return
  }
  if (request.state === 'parked') await moveRequest(db, id, { state: 'running', reason: null, message: 'Goes on.' })
  await rerunOpen(deps, { requestId: id, runId }, signal)
  if (signal.aborted) return giveBack(db, id)
  await release(deps, id, { isWhole: true })
  await answerPushed(deps, { requestId: id })
}

/** The run of a request, or null where there is nothing to rerun, which is then its answer. */
async function begin(deps: TriggerDeps, crm: Crm, request: TriggerRequest): Promise<number | null> {
  const { db } = deps
  const { id, connection, object, externalId, wanted } = request
  const done = (reason: string, message: string) => moveRequest(db, id, { state: 'done', reason, message })
  const plan = planImports(crm, await activeMappings(db)).find((each) => each.object === object)
  if (!plan)
    throw new AppError('trigger.no_mapping', 'stop', `no mapping file is active for ${object} of ${connection}`)
  const record = await findRecord({ ...deps, crm }, { plan, externalId })
  if (!record) {
    await done('no_record', `There is no ${nounOf(object)} ${externalId} in ${accountOf(crm)}.`)
    return null
  }
  const { conversationIds, total } = await linkedConversations(db, {
    connection,
    recordId: record.recordId,
    since: wanted.conversations === 'since' ? wanted.since : null,
    most: wanted.conversations === 'latest' ? 1 : wanted.most,
  })
  if (conversationIds.length === 0) {
    const since = wanted.conversations === 'since' ? ' since then' : ''
    await done('no_conversation', `This ${nounOf(object)} has no conversation in Afterword${since}.`)
    return null
  }
  const leftOut = wanted.conversations === 'latest' ? 0 : total - conversationIds.length
  return admit(deps, request, { record, conversationIds, leftOut })
}

/** Lets what was found go to the CRM, at once also where the rest has to wait: it is paid for. */
async function release(deps: TriggerDeps, id: number, { isWhole }: { isWhole: boolean }): Promise<void> {
  const { db, next, paces = new Map() } = deps
  const { runId, connection, actor } = await getRequest(db, id)
  if (runId === null) return
  const conversations = await selectConversations(db, id)
  const done = conversations.filter((each) => each.outcome !== null).map((each) => each.conversationId)
  const byHand = actor.kind !== 'trigger'
  const hold = byHand ? null : quietHold(paces, connection, deps.now())
  const waits = hold === null ? 'waits to be pushed' : `is held: ${hold.why}`
  const message = `Reran ${count(done.length, 'conversation')}; what they say ${waits}.`
  await transact(db, async (trx) => {
    const records = await releaseHeld(trx, runId, done)
    if (records.length > 0) await next.rerunReleased(trx, records, { byHand })
    if (isWhole) await markReleased(trx, id, message)
  })
}
