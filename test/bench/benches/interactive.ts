import { setTimeout as sleep } from 'node:timers/promises'
import type { World } from '../../support/open-world.ts'
import type { Figure } from '../figures.ts'
import { inLargeWorld } from '../large/in-large-world.ts'
import { agents, type Size, settleLarge } from '../large/large-town.ts'
import { runBackfill } from '../large/run-backfill.ts'
import { startWorker } from '../large/start-worker.ts'

const size: Size = { conversations: Number(process.env.CONVERSATIONS ?? 10_000), contacts: 2_000 }
const concurrency = 32
/** Of a model that takes its time, as they do. */
const latencyMs = 250
const reruns = 200
const pauseMs = 50
const barMs = 250

/**
 * How soon the model call of a rerun starts that somebody waits for, while a worker is at a backfill of 10,000: from the request to the call
 * on its way, at the 95th percentile, beside the same without the backfill.
 */
export async function measure(): Promise<Figure[]> {
  const started = noteModelCalls()
  return inLargeWorld(async (world, { hubspot, model }) => {
    await settleLarge(world, hubspot, size)
    await model.answerAfter(latencyMs)
    const ids = Array.from({ length: 2 * reruns }, (_, index) => `${agents.before}_${index}`)
    const quiet = await waitsOf(world, ids.slice(0, reruns), started)
    const worker = startWorker(world.environment)
    try {
      const backfill = await begun(world)
      const busy = await waitsOf(world, ids.slice(reruns), started)
      if (backfill.isOver()) throw new Error('the backfill was over before the reruns were: give it more CONVERSATIONS')
      return [
        {
          name: `from an interactive rerun to its model call, p95, during a backfill of ${size.conversations.toLocaleString('en-US')}`,
          median: percentile(busy, 0.95),
          baseline: percentile(quiet, 0.95),
          bar: barMs,
          unit: 'ms',
          better: 'lower',
        },
      ]
    } finally {
      await worker.stop()
    }
  })
}

/** A backfill that is under way, model calls in flight. */
async function begun(world: World) {
  let isOver = false
  const running = runBackfill(world, agents.measured, concurrency)
  // Ends with the worker, or not at all.
  void running.then(() => (isOver = true)).catch(() => undefined)
  const started = async () => (await world.useCases.listBackfills()).some(({ state }) => state === 'running')
  while (!(await started())) await sleep(100)
  await sleep(3_000)
  return { isOver: () => isOver }
}

/** For each rerun, one after another, how long it took until its model call went out, in ms. */
async function waitsOf({ useCases, actor }: World, ids: string[], started: { at: number }): Promise<number[]> {
  const waits: number[] = []
  for (const conversationId of ids) {
    const askedAt = performance.now()
    const { outcome, cached } = await useCases.rerunConversation({ conversationId, actor, reason: 'bench' })
    if (outcome !== 'ok' || cached) throw new Error(`${conversationId} was not analysed: ${outcome}`)
    waits.push(started.at - askedAt)
    await sleep(pauseMs)
  }
  return waits
}

/** When this process last began a model call, from now on: the worker's are its own. */
function noteModelCalls(): { at: number } {
  const noted = { at: 0 }
  const { fetch } = globalThis
  globalThis.fetch = (input, init) => {
    if (String(input).endsWith('/chat/completions')) noted.at = performance.now()
    return fetch(input, init)
  }
  return noted
}

function percentile(samples: number[], share: number): number {
  const sorted = samples.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
