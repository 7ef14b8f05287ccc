import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { closeDb, connect, startEmbedded } from '../../src/db/index.ts'
import { createLog } from '../../src/log.ts'
import { postmasterOf } from '../support/postmaster-of.ts'
import { goesOnWithinMs, openScene, patience, type Scene } from './scene.ts'
import { modelCallCount } from './story.ts'
import { expectNoCallRepeated, expectNothingLost, expectStory } from './whole.ts'

const slow = { timeout: 120_000 }
const statusSchema = z.object({
  settled: z.boolean(),
  items: z.object({ done: z.number() }),
  pushes: z.object({ records_written: z.number() }),
})
type Status = z.infer<typeof statusSchema>

/** When the server of the database is killed: what the service says of the backfill, and what its vendors see. */
const points: Record<string, (scene: Scene, status: () => Promise<Status>) => Promise<unknown>> = {
  'while model calls are in flight': async ({ world: { models } }, status) => {
    models.admin.set({ latencyMs: 500 })
    await vi.waitUntil(async () => (await status()).items.done >= 4, patience)
    await vi.waitUntil(() => models.admin.state().inFlight > 0, patience)
  },
  'while answers are kept': async ({ world: { models } }, status) => {
    models.admin.set({ latencyMs: 30 })
    await vi.waitUntil(async () => (await status()).items.done > 0, { ...patience, interval: 5 })
  },
  'as records have been written, and nobody has noted it': async ({ world: { account } }) => {
    await vi.waitUntil(() => account.count('write').calls > 0, { ...patience, interval: 1 })
  },
}

for (const [seed, [point, reach]] of Object.entries(points).entries()) {
  test.concurrent(
    `the database server is killed ${point}: the service brings it back and goes on by itself`,
    slow,
    async (context) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'afterword-crash-'))
      context.onTestFinished(() => rm(folder, { recursive: true, force: true }))
      const settings = { DATABASE_URL: '', AFTERWORD_DATA: folder, AFTERWORD_LOG_LEVEL: 'silent' }
      const scene = await openScene(60 + seed, { settings, atEnd: context.onTestFinished })
      const { world, backfillId } = scene
      const { key } = await world.useCases.createKey({ name: 'test', actor: world.actor })
      await scene.startBackfill()
      await world.close()
      const service = scene.startService()
      const status = async () => {
        const headers = { authorization: `Bearer ${key}` }
        const response = await fetch(`${await service.url}/v1/backfills/${backfillId}`, { headers })
        return statusSchema.parse(await response.json())
      }
      await reach(scene, status)
      process.kill(await postmasterOf(folder), 'SIGKILL')
      const killedAt = new Date()
      world.models.admin.set({ latencyMs: 0 })
      // Its backends live on for a moment: what counts is done when they are gone.
      const isGone = () =>
        status().then(
          () => false,
          () => true,
        )
      await vi.waitUntil(isGone, { ...patience, interval: 5 })
      const before = doneOf(await vi.waitFor(status, patience))
      const once = (holds: (now: Status) => boolean) => vi.waitUntil(() => status().then(holds, () => false), patience)
      await once((now) => now.settled || doneOf(now) > before)
      expect(Date.now() - killedAt.getTime(), 'the work goes on').toBeLessThan(goesOnWithinMs)
      await once(({ settled }) => settled)

      const server = await startEmbedded({ folder, log: createLog('silent') })
      context.onTestFinished(() => server.stop())
      const db = connect(server.url)
      context.onTestFinished(() => closeDb(db))
      await expectNothingLost({ ...world, db })
      await expectNoCallRepeated({ ...world, db }, killedAt)
      expect(world.models.admin.state().requests).toBeGreaterThanOrEqual(modelCallCount)
      expectStory(world)
      expect(await service.terminate()).toBe(0)
    },
  )
}

function doneOf({ items, pushes }: Status): number {
  return items.done + pushes.records_written
}
