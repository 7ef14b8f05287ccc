import { setTimeout as sleep } from 'node:timers/promises'
import type { Filter } from '../../../src/filters/index.ts'
import type { World } from '../../support/open-world.ts'

const lookMs = 500

/** When how many conversations were done, in seconds since the start. */
export type Progress = { seconds: number; done: number }[]

/** A backfill of everything an agent has said by the workers that run elsewhere; waits until all is pushed. */
export async function runBackfill({ useCases, actor }: World, agentId: string, concurrency: number) {
  const filter: Filter = { kind: 'any', conditions: [{ field: 'agent', anyOf: [{ agentId, versions: [] }] }] }
  const { id, runId, estimate } = await start()
  const started = performance.now()
  const progress: Progress = [{ seconds: 0, done: 0 }]
  for (;;) {
    const { items, modelCalls, settled } = await useCases.backfillStatus(id)
    progress.push({ seconds: (performance.now() - started) / 1_000, done: items.done })
    if (settled) return { id, runId: runId ?? 0, progress, estimate, came: { ...items, modelCalls } }
    await sleep(lookMs)
  }
  async function start() {
    const planned = await useCases.planBackfill({ filter, actor, reason: 'bench', concurrency })
    const { runId: begun } = await useCases.startBackfill({ id: planned.id, actor })
    return { id: planned.id, runId: begun, estimate: planned.estimate }
  }
}

/** Conversations a second while the done ones went from one share of all to another. */
export function rateBetween(progress: Progress, from: number, to: number): number {
  const all = progress.at(-1)?.done ?? 0
  const reached = (share: number) => progress.find(({ done }) => done >= all * share) ?? { seconds: 0, done: 0 }
  const [first, last] = [reached(from), reached(to)]
  return (last.done - first.done) / Math.max(last.seconds - first.seconds, 1e-3)
}
