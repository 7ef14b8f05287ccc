import { afterAll, describe, expect, test, vi } from 'vitest'
import { startWorking } from '../../src/main.ts'
import type { AtEnd } from '../support/database.ts'
import { startAfterword } from '../support/start-afterword.ts'
import { createWorld } from '../support/world.ts'
import { killPoints } from './kill-points.ts'
import { expectedOf, modelCallCount, recordCount, tellStory } from './story.ts'
import { attemptsOf, expectNothingLost, remainsOf } from './whole.ts'

const patience = { timeout: 60_000, interval: 50 }

/** A world of its own with the story in it, and a backfill of all of it planned. */
async function openScene(seed: number, atEnd: AtEnd) {
  const world = await createWorld({ AFTERWORD_ROLES: 'worker' }, Date.now, atEnd)
  const { backfillId } = await tellStory(world, seed)
  const { useCases, actor, environment } = world
  return {
    world,
    backfillId,
    startWorkers: (count: number) =>
      Promise.all(Array.from({ length: count }, () => startAfterword(environment, atEnd))),
    startBackfill: () => useCases.startBackfill({ id: backfillId, actor }),
    settle: () => vi.waitUntil(async () => (await useCases.backfillStatus(backfillId)).settled, patience),
  }
}

async function runUndisturbed(seed: number, workers: number, atEnd: AtEnd) {
  const { world, backfillId, ...scene } = await openScene(seed, atEnd)
  await scene.startWorkers(workers)
  await scene.startBackfill()
  await scene.settle()
  await expectNothingLost(world, backfillId)
  expect(await attemptsOf(world.db)).toEqual({ kept: modelCallCount, lost: 0 })
  return remainsOf(world, backfillId)
}

/** One worker gets to the point and dies there; others, in this process or of their own, are left to themselves. */
async function runKilled(seed: number, point: string, otherWorkers: number, atEnd: AtEnd) {
  const { world, backfillId, ...scene } = await openScene(seed, atEnd)
  const [doomed] = await scene.startWorkers(1)
  const trap = await killPoints[point]?.(world, backfillId, atEnd)
  await scene.startBackfill()
  await vi.waitUntil(async () => trap?.isSprung(), patience)
  await scene.startWorkers(otherWorkers)
  await doomed?.kill()
  await trap?.clear()
  const { claimed } = (await world.useCases.backfillStatus(backfillId)).items
  if (otherWorkers === 0) await startWorking(world)
  await scene.settle()
  await expectNothingLost(world, backfillId)
  const { kept, lost } = await attemptsOf(world.db)
  expect(kept).toBe(modelCallCount)
  expect(lost).toBeLessThanOrEqual(claimed)
  expect(world.models.admin.state().requests).toBe(kept + lost)
  return remainsOf(world, backfillId)
}

const undisturbed = await runUndisturbed(1, 1, afterAll)

test('one worker, left alone, makes of the calls what the story says', () => {
  expect(undisturbed.cells).toHaveLength(recordCount)
  expect(undisturbed.cells.map((cells, contact) => ({ ...cells, ...expectedOf(contact) }))).toEqual(undisturbed.cells)
  expect(undisturbed.cells.every(({ last_call_summary, last_call_at }) => last_call_summary && last_call_at)).toBe(true)
})

describe('a worker is killed, and another finds its work', () => {
  for (const [seed, point] of Object.keys(killPoints).entries()) {
    test.concurrent(point, { timeout: 90_000 }, async ({ expect, onTestFinished }) => {
      expect(await runKilled(seed + 2, point, 0, onTestFinished)).toEqual(undisturbed)
    })
  }
})

describe('four workers', () => {
  test('make of the calls what one makes', { timeout: 90_000 }, async ({ onTestFinished }) => {
    expect(await runUndisturbed(20, 4, onTestFinished)).toEqual(undisturbed)
  })

  for (const [seed, point] of ['while model calls are in flight', 'after the write, before its answer'].entries()) {
    test(`of which one is killed ${point}`, { timeout: 90_000 }, async ({ onTestFinished }) => {
      expect(await runKilled(seed + 21, point, 3, onTestFinished)).toEqual(undisturbed)
    })
  }
})
