import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { AtEnd } from '../support/database.ts'
import { goesOnWithinMs, openScene, patience } from './scene.ts'
import { modelCallCount } from './story.ts'
import { expectNoCallRepeated, expectNothingLost, remainsOf } from './whole.ts'

/** `KILLS=20 KILLS_SEED=7 npx vitest run test/crash/random-kills.test.ts` kills at other points, and more of them. */
const kills = Number(process.env.KILLS ?? 8)
const firstSeed = Number(process.env.KILLS_SEED ?? 1)
const slow = { timeout: 120_000 }
/** Slow enough that a kill can come between any two answers. */
const latencyMs = 60

/** Numbers from 0 to 1 that a seed makes (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed * 0x9e3779b9
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Two workers share a backfill; one dies after so much was asked of the model, at any moment of what comes then. */
async function runKilled(seed: number, atEnd: AtEnd) {
  const random = randomOf(seed)
  const { world, ...scene } = await openScene(100 + seed, { atEnd })
  const { admin } = world.models
  admin.set({ latencyMs })
  const progress = async () => {
    const { items, pushes } = await world.useCases.backfillStatus(scene.backfillId)
    return items.done + pushes.recordsWritten
  }
  const isSettled = async () => (await world.useCases.backfillStatus(scene.backfillId)).settled
  const [doomed] = await scene.startWorkers(2)
  await world.useCases.setSpeed({ id: scene.backfillId, concurrency: 4, actor: world.actor })
  await scene.startBackfill()
  const asked = Math.floor(random() * (modelCallCount + 1))
  await vi.waitUntil(async () => admin.state().requests >= asked || (await isSettled()), { ...patience, interval: 5 })
  await sleep(random() * 8 * latencyMs)
  await doomed?.kill()
  const killedAt = new Date()
  const before = await progress()
  if (!(await isSettled())) {
    await vi.waitUntil(async () => (await progress()) > before || (await isSettled()), patience)
    expect(Date.now() - killedAt.getTime(), 'the work goes on').toBeLessThan(goesOnWithinMs)
  }
  await vi.waitUntil(isSettled, patience)
  await expectNothingLost(world)
  await expectNoCallRepeated(world, killedAt)
  return remainsOf(world)
}

describe('a worker killed at any moment, its fellow does the rest, and counters and cells are as if nothing had happened', async () => {
  const alone = await openUndisturbed()
  test.concurrent.for(Array.from({ length: kills }, (_, nth) => firstSeed + nth))(
    'seed %i',
    slow,
    async (seed, { onTestFinished }) => expect(await runKilled(seed, onTestFinished)).toEqual(alone),
  )
})

async function openUndisturbed() {
  const { world, ...scene } = await openScene(100, { atEnd: afterAll })
  await scene.startWorkers(1)
  await scene.startBackfill()
  await vi.waitUntil(async () => (await world.useCases.backfillStatus(scene.backfillId)).settled, patience)
  return remainsOf(world)
}
