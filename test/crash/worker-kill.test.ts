import { afterAll, describe, expect, test, vi } from 'vitest'
import { startWorking } from '../../src/main/index.ts'
import { type Kind, kinds } from '../support/accounts/account.ts'
import { byTurns } from '../support/by-turns.ts'
import type { AtEnd } from '../support/database.ts'
import {
  type Arrange,
  killPointsAtCrm,
  killPointsBefore,
  whileAWriteIsOnItsWay,
  whileTheModelIsAsked,
} from './kill-points.ts'
import { openScene, patience, type Scene } from './scene.ts'
import { expectNoCallRepeated, expectNothingLost, expectStory, remainsOf } from './whole.ts'

const slow = { timeout: 90_000 }

async function settle({ world, backfillId }: Scene): Promise<void> {
  await vi.waitUntil(async () => (await world.useCases.backfillStatus(backfillId)).settled, patience)
  await expectNothingLost(world)
}

type Setting = { kinds: Kind[]; settings?: Record<string, string>; atEnd: AtEnd }

async function runUndisturbed(seed: number, count: number, setting: Setting) {
  const scene = await openScene(seed, setting)
  const workers = await scene.startWorkers(count)
  await scene.startBackfill()
  await settle(scene)
  await expectNoCallRepeated(scene.world)
  expect(await Promise.all(workers.map((worker) => worker.terminate()))).toEqual(workers.map(() => 0))
  expectStory(scene.world)
  return remainsOf(scene.world)
}

/** One worker gets to the point and dies there; the others, in this process or of their own, are left to themselves. */
async function runKilled(seed: number, arrange: Arrange, others: number, setting: Setting) {
  const scene = await openScene(seed, setting)
  const { world, backfillId } = scene
  const [doomed] = await scene.startWorkers(1)
  const trap = await arrange(world, { backfillId, atEnd: setting.atEnd })
  await scene.startBackfill()
  await vi.waitUntil(trap.isSprung, patience)
  await scene.startWorkers(others)
  await doomed?.kill()
  const killedAt = new Date()
  await trap.clear()
  if (others === 0) await startWorking(world)
  await settle(scene)
  await expectNoCallRepeated(world, killedAt)
  const byFlex = world.models.admin.state().last.filter(({ serviceTier }) => serviceTier === 'flex')
  expect(byFlex.length > 0).toBe(world.model.profile.hasFlex)
  return remainsOf(world)
}

/** What one worker, left alone, makes of the calls: what the story says. */
const [onHubspot, onSalesforce] = await Promise.all([
  runUndisturbed(1, 1, { kinds: ['hubspot'], atEnd: afterAll }),
  runUndisturbed(1, 1, { kinds: ['salesforce'], atEnd: afterAll }),
])
const undisturbed = { ...onHubspot, crms: { ...onHubspot.crms, ...onSalesforce.crms } }

describe.each(kinds)('of a worker killed, another finds the work, on %s', (kind) => {
  const alone = kind === 'hubspot' ? onHubspot : onSalesforce

  const points = byTurns([...Object.entries(killPointsAtCrm).entries()], {
    turn: kinds.indexOf(kind),
    of: kinds.length,
  })

  for (const [seed, [point, arrange]] of points) {
    test.concurrent(point, slow, async ({ onTestFinished }) => {
      const setting: Setting = { kinds: [kind], atEnd: onTestFinished }
      expect(await runKilled(seed + 2, arrange, 0, setting)).toEqual(alone)
    })
  }
})

describe('of a worker killed, another finds the work, for both CRMs together', () => {
  const points = { ...killPointsBefore, 'after the write to one of them, before its answer': whileAWriteIsOnItsWay }

  for (const [seed, [point, arrange]] of Object.entries(points).entries()) {
    test.concurrent(point, slow, async ({ onTestFinished }) => {
      const setting: Setting = { kinds: [...kinds], atEnd: onTestFinished }
      expect(await runKilled(seed + 10, arrange, 0, setting)).toEqual(undisturbed)
    })
  }
})

describe('four workers make of the calls, for both CRMs together, what one makes for each', () => {
  test.concurrent('left alone', slow, async ({ onTestFinished }) => {
    const setting: Setting = { kinds: [...kinds], atEnd: onTestFinished }
    expect(await runUndisturbed(20, 4, setting)).toEqual(undisturbed)
  })

  test.concurrent('and one of them killed, by flex', slow, async ({ onTestFinished }) => {
    const settings = { AFTERWORD_MODEL_PROFILE: 'flex=yes' }
    const setting: Setting = { kinds: [...kinds], settings, atEnd: onTestFinished }
    expect(await runKilled(21, whileTheModelIsAsked, 3, setting)).toEqual(undisturbed)
  })
})
