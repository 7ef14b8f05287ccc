import { chainKey, type FrozenConfig } from '../agents/index.ts'
import {
  type AnalysisAnnouncements,
  currentAnalyses,
  type Extraction,
  type Prepared,
  prepareExtractions,
} from '../analysis/index.ts'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { hasRoom, readRefusal } from '../limits/index.ts'
import type { Model } from '../model/index.ts'
import type { PlanDeps } from '../sync/index.ts'
import type { BackfillAnnouncements } from './announcements.ts'
import { askInLane } from './ask-in-lane.ts'
import { claimSize } from './claim-size.ts'
import { openCrew } from './crew.ts'
import { finishBackfill } from './finish-backfill.ts'
import { frozenConfigs } from './frozen-configs.ts'
import { inOrder } from './in-order.ts'
import { claimItems, type Item, reopenItems } from './item-store.ts'
import { openKeeper } from './keeper.ts'
import { parkBackfill } from './park-backfill.ts'
import { pauseBackfill } from './pause-backfill.ts'
import { lateSignal, sliceOf } from './slice.ts'
import { getBackfill, type Orders } from './store.ts'
import { watchOrders } from './watch-orders.ts'

export type StepDeps = PlanDeps & { model: Model; next: AnalysisAnnouncements & BackfillAnnouncements }

/** What became of an item: an extraction to keep, or the reason there is none. */
export type Worked = { item: Item; extraction: Extraction } | { item: Item; gone: string }

/** What is claimed waits prepared, so not more than a few megabytes of it. */
const mostClaimed = 128

/** Sent again since, with agents that it was not planned with: only a new plan has a config for it. */
const agentsChanged = 'agents_changed'

/**
 * Works on one running backfill for about 20 seconds, by flex for longer: claims items in order for `holder`, keeps its share of the
 * backfill's `concurrency` in flight and keeps their results in micro-batches. A pause, a cancel or another speed is taken up within a
 * second; resumed while calls are still in flight, it goes on at once. Holders of different names work side by side; a holder first puts back
 * what one of its name left behind. A call paid for but not yet kept when the process dies is all that can happen twice. A
 * `stop` of the model pauses the backfill, a spending limit or a lack of credit parks it; its `retry` is thrown. Returns whether more is to do.
 */
export async function runStep(
  deps: StepDeps,
  step: { backfillId: number; holder: string; lane?: number; lanes?: number },
  signal: AbortSignal,
): Promise<{ more: boolean }> {
  const { db } = deps
  const { backfillId, holder, lane: place = 0, lanes = 1 } = step
  const backfill = await getBackfill(db, backfillId)
  const { runId, concurrency } = backfill
  if (backfill.state !== 'running' || backfill.parked || runId === null) return { more: false }
  // Shared out evenly, what is left over to the first lanes; a lane without a share has nothing to do.
  const shareOf = (all: number) => Math.floor(all / lanes) + (place < all % lanes ? 1 : 0)
  if (shareOf(concurrency) === 0) return { more: false }
  const configs = await frozenConfigs(db, backfill.frozen)
  const { leftOut = {} } = backfill.frozen
  await reopenItems(db, backfillId, holder)

  const failed = new AbortController()
  const over = new AbortController()
  const slice = AbortSignal.any([signal, failed.signal, over.signal, sliceOf(db, backfill, over.signal)])
  const late = lateSignal(backfill, deps.now())
  let waits = new AbortController()
  let leave = AbortSignal.any([slice, waits.signal])
  const keeper = openKeeper(deps, { backfillId, runId }, holder, (error) => fail(failed, slice, error))
  const isMapping = backfill.kind === 'mapping'
  const howMany = claimSize({ most: mostClaimed })
  const queue = inOrder<Ready>({
    async claim() {
      const items = await claimItems(db, backfillId, holder, howMany(crew.size()))
      return isMapping ? takeCurrent(db, runId, items) : prepare(deps, { configs, leftOut }, runId, items)
    },
    // Should it fail, the end of the slice makes good for it.
    giveBack: (some) => reopenItems(db, backfillId, holder, some).catch(() => undefined),
  })
  const lane = async (mayStay: () => boolean) => {
    while (!slice.aborted && mayStay()) {
      const ready = await queue.next()
      if (!ready || slice.aborted) return
      // A call that was begun is paid for, so it is waited for and kept; one that waits for its turn is left.
      const wait = leave
      try {
        await keeper.keep(await work(deps, ready, { late, leave: wait }))
      } catch (error) {
        if (!wait.aborted || error !== wait.reason) throw error
        queue.putBack(ready)
      }
    }
  }
  const crew = openCrew((mayStay) => lane(mayStay).catch((error: unknown) => fail(failed, slice, error)))
  const heed = ({ state, isParked, concurrency: all }: Orders) => {
    if (state === 'cancelled' || state === 'done') return over.abort()
    if (state === 'running' && !isParked) {
      if (waits.signal.aborted) {
        waits = new AbortController()
        leave = AbortSignal.any([slice, waits.signal])
      }
      return crew.resize(shareOf(all))
    }
    crew.resize(0)
    waits.abort()
  }
  watchOrders(db, backfillId, heed, slice)
  try {
    crew.resize(shareOf(concurrency))
    await crew.end()
  } finally {
    over.abort()
    await queue.end()
    await keeper.end()
    await reopenItems(db, backfillId, holder)
  }
  if (failed.signal.aborted) return goOnOrThrow(deps, { backfillId, runId }, failed.signal.reason)
  return finishBackfill(deps, backfillId, signal)
}

/** An item with all that is known before the model is asked; nothing of a conversation that was deleted meanwhile. */
type Ready = { item: Item; prepared: Prepared | undefined } | Worked

/** What is stored counts once more: no model is asked. */
async function takeCurrent(db: Db, runId: number, items: Item[]): Promise<Worked[]> {
  const ids = items.map(({ conversationId }) => conversationId)
  const analyses = await currentAnalyses(db, ids)
  return items.map((item) => {
    const analysis = analyses.get(item.conversationId)
    if (!analysis) return { item, gone: 'not_analysed' }
    return {
      item,
      extraction: { from: 'cache', input: { conversationId: item.conversationId, runId, hold: true }, analysis },
    }
  })
}

async function prepare(
  deps: StepDeps,
  { configs, leftOut }: { configs: Map<string, FrozenConfig>; leftOut: Record<string, string> },
  runId: number,
  items: Item[],
): Promise<Ready[]> {
  const planned = items.map((item) => ({ item, config: configs.get(chainKey(item)) }))
  const inputs = planned.flatMap(({ item: { conversationId }, config }) =>
    config ? [{ conversationId, config, runId, hold: true }] : [],
  )
  const prepared = await prepareExtractions(deps, inputs)
  return planned.map(({ item, config }) =>
    config
      ? { item, prepared: prepared.get(item.conversationId) }
      : { item, gone: leftOut[chainKey(item)] ?? agentsChanged },
  )
}

async function work(
  deps: StepDeps,
  ready: Ready,
  signals: { late: AbortSignal | null; leave: AbortSignal },
): Promise<Worked> {
  if (!('prepared' in ready)) return ready
  const { item, prepared } = ready
  if (!prepared) return { item, gone: 'deleted' }
  const extraction = prepared.from === 'question' ? await askInLane(deps, prepared, signals) : prepared
  return extraction ? { item, extraction } : { item, gone: 'deleted' }
}

/** Ends the slice: nothing more is asked of the model that might be paid for in vain. The first reason counts; that the slice has ended is none. */
function fail(failed: AbortController, slice: AbortSignal, error: unknown): void {
  if (!slice.aborted || error !== slice.reason) failed.abort(error)
}

/** What no retry can mend pauses the backfill for a person; a limit or a lack of credit parks it; anything else is the queue's to try again. */
async function goOnOrThrow(
  deps: StepDeps,
  run: { backfillId: number; runId: number },
  error: unknown,
): Promise<{ more: boolean }> {
  if (!(error instanceof AppError)) throw error
  const refusal = readRefusal(error)
  if (refusal) {
    // Its own calls that were in flight have come back since, and with them what they had reserved in vain.
    if (await hasRoom(deps, { runId: run.runId, usd: refusal.needsUsd })) return { more: true }
    await parkBackfill(deps, run.backfillId, error.message, refusal)
    return { more: false }
  }
  if (error.code === 'model.quota') {
    const resetsAt = new Date(deps.now().getTime() + (error.retryAfterMs ?? 0))
    await parkBackfill(deps, run.backfillId, error.message, { needsUsd: null, resetsAt })
    return { more: false }
  }
  if (error.recovery !== 'stop') throw error
  const actor = { kind: 'system', name: 'backfill' } as const
  await pauseBackfill(deps, { id: run.backfillId, actor, why: `${error.code}: ${error.message}` })
  return { more: false }
}
