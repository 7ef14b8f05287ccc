import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from '../../src/analysis/index.ts'
import type { World } from '../support/open-world.ts'
import { type Figure, median } from './figures.ts'
import { inLanes } from './lanes.ts'
import type { ModelServer } from './model-server.ts'
import { conversationsOf, newRun, prepareBatch } from './questions.ts'

const wanted = 500
const latencyMs = 8_000
const samples = 40
const betweenMs = 500

/** Calls under way at a slow model, as it counts them, from when they have all begun. */
export async function measureInFlight(world: World, server: ModelServer, agentId: string): Promise<Figure> {
  const deps = { db: world.db, model: world.model, now: () => new Date() }
  await server.answerAfter(latencyMs)
  const runId = await newRun(world)
  const batches = await conversationsOf(world, [agentId])
  const questions = (await Promise.all(batches.map((batch) => prepareBatch(world, batch, runId)))).flat()
  let isEnough = false
  /** Each again and again, until enough was seen. */
  function* endlessly() {
    while (!isEnough) yield* questions
  }
  const asking = inLanes(endlessly(), wanted, async (question) => {
    if (!isEnough) await ask(deps, question)
  })
  while ((await server.inFlight()) < wanted * 0.9) await sleep(betweenMs)
  const seen: number[] = []
  while (seen.length < samples) {
    seen.push(await server.inFlight())
    await sleep(betweenMs)
  }
  isEnough = true
  await asking
  return {
    name: `calls in flight at a model that takes ${latencyMs / 1_000} s, by one process`,
    median: median(seen),
    baseline: wanted,
    bar: { ofBaseline: 0.95 },
    unit: 'calls',
    better: 'higher',
  }
}
