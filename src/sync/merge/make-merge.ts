import { randomUUID } from 'node:crypto'
import { type Db, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { Merge } from '../../mapping/index.ts'
import { askModel, endAttempts, type Model, providerModel } from '../../model/index.ts'
import { mergeRequest } from './merge-request.ts'
import { type Merged, readMerged } from './read-merged.ts'
import { keepMergedText, type MergedText, type Stretch } from './store.ts'
import type { Hold } from './types.ts'

export type MergeDeps = { db: Db; model: Model; now: () => Date }

/** The name under which AFTERWORD_MODELS may give merges a model of their own. */
const configured = 'merge'

/** A rate recovers soon; a limit may be raised at any time; an answer that was cut or garbled costs as much the next time. */
const retryMs = { rate: 30_000, network: 60_000, longest: 5 * 60_000, spoiled: 60 * 60_000 }

/** What lies with this call alone; with any other error the next call would end the same. */
const itsOwn = new Set(['spending.limit', 'model.rejected'])

/** Whether the hold is the provider's, so that asking it for anything else now would end the same. */
export type Held = Hold & { isProviders: boolean }

/**
 * Makes one text and keeps it: asks the model, inside the limits that the run is charged to, and stores what comes, or the
 * inputs one below the other where the model refuses or has nothing to say. Of several that make the same at once, all return
 * the one that was kept first. A crash between answer and storing costs the answer, and the next try pays for another.
 * Whatever passes is returned as a hold; throws only what the database does.
 */
export async function makeMerge(
  deps: MergeDeps,
  merge: Merge,
  { runId, stretches, signal }: { runId: number; stretches: Stretch[]; signal: AbortSignal | undefined },
): Promise<MergedText | Held> {
  const asked = await ask(deps, merge, runId, signal)
  if ('why' in asked) return asked
  const { completion, attempt } = asked
  const merged = readMerged(completion)
  const text = textOf(merge, merged)
  return transact(deps.db, async (trx) => {
    await endAttempts(trx, [{ ...attempt, outcome: completion.outcome }])
    if (text === null) return heldBy(merged, completion.outcome === 'transport')
    const made = { ...text, hash: merge.hash, model: completion.model, runId }
    return (await keepMergedText(trx, made, stretches)) ?? hold('a conversation of it was deleted meanwhile', 0)
  })
}

async function ask(deps: MergeDeps, merge: Merge, runId: number, signal: AbortSignal | undefined) {
  try {
    const model = providerModel(deps.model.profile, configured)
    const request = mergeRequest(merge, model, randomUUID())
    const call = { purpose: 'merge', conversationId: null, runId, request, parts: merge.inputs.length } as const
    return await askModel(deps, call, signal ? { signal } : {})
  } catch (error) {
    if (signal?.aborted) return hold('the worker is stopping', 0, true)
    if (!(error instanceof AppError)) throw error
    const waitMs = error.retryAfterMs ?? (error.code === 'model.rate_limited' ? retryMs.rate : retryMs.longest)
    return hold(error.message, Math.min(waitMs, retryMs.longest), !itsOwn.has(error.code))
  }
}

function textOf({ inputs }: Merge, merged: Merged): MergedText | null {
  if (merged === 'none') return { text: inputs.join('\n\n'), isFallback: true }
  return 'text' in merged ? { text: merged.text, isFallback: false } : null
}

function heldBy(merged: Merged, isNetwork: boolean): Held {
  const why = typeof merged === 'object' && 'failed' in merged ? merged.failed : 'no text'
  return hold(`the model's answer cannot be used (${why})`, isNetwork ? retryMs.network : retryMs.spoiled, isNetwork)
}

function hold(why: string, wait: number, isProviders = false): Held {
  return { why, retryMs: wait, isProviders }
}
