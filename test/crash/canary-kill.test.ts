import { expect, test, vi } from 'vitest'
import { startWorking } from '../../src/main/index.ts'
import { setGate } from './gate.ts'
import { type Arrange, whileTheModelIsAsked } from './kill-points.ts'
import { openScene, patience } from './scene.ts'
import { expectNoCallRepeated, expectNothingLost, expectStory } from './whole.ts'

const slow = { timeout: 90_000 }

const asItIsStopped: Arrange = async ({ database }, { atEnd }) => {
  const row = { table: 'backfills', event: 'update', when: `new.state = 'stopped'` } as const
  const gate = await setGate(database.url, row, atEnd)
  return { isSprung: gate.isReached, clear: gate.cutOff }
}

test.concurrent.for([
  ['while the model is asked', 41, whileTheModelIsAsked],
  ['as it is stopped', 42, asItIsStopped],
] as const)(
  'of a worker killed in a canary, %s, another finds the work: it is stopped, nothing is written, and goes on when told to',
  slow,
  async ([, seed, arrange], { onTestFinished }) => {
    const { world, startWorkers, backfillId } = await openScene(seed, { kinds: ['hubspot'], atEnd: onTestFinished })
    const { useCases, actor, account } = world
    await world.db.deleteFrom('backfills').where('id', '=', backfillId).execute()
    const filter = { kind: 'any' as const, conditions: [] }
    const canary = { contacts: 5, goOn: 'ask' as const }
    const { id } = await useCases.planBackfill({ filter, actor, reason: 'test', concurrency: 4, canary })
    const [doomed] = await startWorkers(1)
    const trap = await arrange(world, { backfillId: id, atEnd: onTestFinished })
    await useCases.startBackfill({ id, actor })
    await vi.waitUntil(trap.isSprung, patience)
    await doomed?.kill()
    const killedAt = new Date()
    await trap.clear()
    await startWorking(world)

    const isStopped = async () => (await useCases.backfillStatus(id)).backfill.state === 'stopped'
    await vi.waitUntil(isStopped, patience)
    const { items, pushes } = await useCases.backfillStatus(id)
    expect(items.done).toBeLessThan(items.total)
    expect(pushes).toMatchObject({ waiting: 0, recordsWritten: 0 })
    expect(account.count('write').rows).toBe(0)

    await useCases.goOnBackfill({ id, actor })
    await vi.waitUntil(async () => (await useCases.backfillStatus(id)).settled, patience)
    await expectNothingLost(world)
    await expectNoCallRepeated(world, killedAt)
    expectStory(world)
  },
)
