import { afterAll, describe, expect, test, vi } from 'vitest'
import { startWorking } from '../../src/main/index.ts'
import type { AtEnd } from '../support/database.ts'
import { type Arrange, killPoints, whileTheModelIsAsked } from './kill-points.ts'
import { openScene, patience, type Scene } from './scene.ts'
import { expectNoCallRepeated, expectNothingLost, expectStory, remainsOf } from './whole.ts'

const slow = { timeout: 90_000 }

async function settle({ world, backfillId }: Scene): Promise<void> {
  await vi.waitUntil(async () => (await world.useCases.backfillStatus(backfillId)).settled, patience)
  await expectNothingLost(world)
}

async function runUndisturbed(seed: number, count: number, atEnd: AtEnd) {
  const scene = await openScene(seed, {}, atEnd)
  const workers = await scene.startWorkers(count)
  await scene.startBackfill()
  await settle(scene)
  await expectNoCallRepeated(scene.world)
  expect(await Promise.all(workers.map((worker) => worker.terminate()))).toEqual(workers.map(() => 0))
  return { ...(await remainsOf(scene.world)), hubspot: scene.world.hubspot }
}

/** One worker gets to the point and dies there; the others, in this process or of their own, are left to themselves. */
async function runKilled(seed: number, arrange: Arrange, others: number, atEnd: AtEnd) {
  const scene = await openScene(seed, {}, atEnd)
  const { world, backfillId } = scene
  const [doomed] = await scene.startWorkers(1)
  const trap = await arrange(world, { backfillId, atEnd })
  await scene.startBackfill()
  await vi.waitUntil(trap.isSprung, patience)
  await scene.startWorkers(others)
  await doomed?.kill()
  const killedAt = new Date()
  await trap.clear()
  if (others === 0) await startWorking(world)
  await settle(scene)
  await expectNoCallRepeated(world, killedAt)
  return remainsOf(world)
}

const { hubspot, ...undisturbed } = await runUndisturbed(1, 1, afterAll)

test('one worker, left alone, makes of the calls what the story says', () => expectStory(hubspot))

describe('of a worker killed, another finds the work', () => {
  for (const [seed, [point, arrange]] of Object.entries(killPoints).entries()) {
    test.concurrent(point, slow, async ({ onTestFinished }) => {
      expect(await runKilled(seed + 2, arrange, 0, onTestFinished)).toEqual(undisturbed)
    })
  }
})

describe('four workers make of the calls what one makes', () => {
  test.concurrent('left alone', slow, async ({ onTestFinished }) => {
    const { hubspot: _, ...remains } = await runUndisturbed(20, 4, onTestFinished)
    expect(remains).toEqual(undisturbed)
  })

  test.concurrent('and one of them killed', slow, async ({ onTestFinished }) => {
    expect(await runKilled(21, whileTheModelIsAsked, 3, onTestFinished)).toEqual(undisturbed)
  })
})
