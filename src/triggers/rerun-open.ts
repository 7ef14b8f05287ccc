import { extract, keepAnalyses, rerunConfig } from '../analysis/index.ts'
import { transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { closeConversation, openConversations } from './conversation-store.ts'
import type { TriggerDeps } from './types.ts'

/** How many of a request's conversations are with the model at once. */
const concurrency = 4

/**
 * Reruns what a request has not rerun yet, each conversation with its agent's newest draft config; what is found is held.
 * Each ends with its analysis in one transaction, so that none is paid for twice. One that fails or cannot be analysed is an
 * ending too and stops no other; what concerns more than one (`extract` says what) stops the rest and is thrown once
 * those under way have ended.
 */
export async function rerunOpen(
  deps: TriggerDeps,
  { requestId, runId }: { requestId: number; runId: number },
  signal: AbortSignal,
): Promise<void> {
  const open = (await openConversations(deps.db, requestId)).values()
  const failures: unknown[] = []
  const lane = async () => {
    for (const conversationId of open) {
      if (signal.aborted || failures.length > 0) return
      await rerunOne(deps, { requestId, runId, conversationId }, signal).catch((error) => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  if (failures.length > 0) throw failures[0]
}

async function rerunOne(
  deps: TriggerDeps,
  { requestId, runId, conversationId }: { requestId: number; runId: number; conversationId: string },
  signal: AbortSignal,
): Promise<void> {
  try {
    const config = await rerunConfig(deps.db, conversationId)
    const extraction = await extract(
      deps,
      { conversationId, config, runId, hold: true },
      { signal, priority: 'interactive' },
    )
    await transact(deps.db, async (trx) => {
      const results = await keepAnalyses(trx, deps, [extraction])
      for (const result of results) await closeConversation(trx, requestId, result)
    })
  } catch (error) {
    if (!(error instanceof AppError) || error.recovery !== 'skip') throw error
    const end = { conversationId, outcome: 'skipped', reason: error.code, cached: false, costUsd: 0 } as const
    await closeConversation(deps.db, requestId, end)
  }
}
