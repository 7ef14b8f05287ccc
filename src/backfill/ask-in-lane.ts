import { setTimeout as sleep } from 'node:timers/promises'
import { ask, type Extraction, type Prepared, prepareExtractions } from '../analysis/index.ts'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Model } from '../model/index.ts'

type Question = Extract<Prepared, { from: 'question' }>

/** What says that there is no flex now, and nothing of the conversation. */
const passing = new Set(['model.unavailable', 'model.rate_limited'])
/** Seldom enough to burden nobody, often enough to find the room that comes. */
const longestWaitMs = 120_000

/**
 * Asks by flex until `late`, and from there on, or where there is no `late`, by standard. Where flex has no room it is asked again, each time
 * after twice as long, for as long as it is not late: that is no outcome of the conversation, nor does anybody else wait for it. What
 * stands in the database is looked at anew each time: a first of two tries is not paid for twice, and of a conversation
 * that was deleted meanwhile there is nothing. Throws what `ask` throws, and the reason of `leave`.
 */
export async function askInLane(
  deps: { db: Db; model: Model; now: () => Date },
  question: Question,
  { late, leave }: { late: AbortSignal | null; leave: AbortSignal },
): Promise<Extraction | undefined> {
  let prepared: Prepared | undefined = question
  for (let refusals = 0; ; refusals++) {
    if (prepared?.from !== 'question') return prepared
    if (late === null || late.aborted) return ask(deps, prepared, { leave })
    const either = AbortSignal.any([leave, late])
    try {
      return await ask(deps, prepared, { leave: either, tier: 'flex' })
    } catch (error) {
      leave.throwIfAborted()
      if (!late.aborted)
        await sleep(waitMs(deps.model, refusals, error), undefined, { signal: either }).catch(() => undefined)
      leave.throwIfAborted()
    }
    const { input }: Question = prepared
    prepared = (await prepareExtractions(deps, [input])).get(input.conversationId)
  }
}

/** Throws what no wait mends. Half of it is chance, or all that were refused together would come back together. */
function waitMs({ pace }: Model, refusals: number, error: unknown): number {
  if (!(error instanceof AppError) || !passing.has(error.code)) throw error
  const grown = Math.min(pace.flexBackoffMs * 2 ** refusals, longestWaitMs)
  return Math.max(grown * (0.5 + Math.random() / 2), error.retryAfterMs ?? 0)
}
