import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { Kind } from '../support/accounts/account.ts'
import type { AtEnd } from '../support/database.ts'
import { postmasterOf } from '../support/postmaster-of.ts'
import { processesOn } from '../support/processes.ts'
import { openScene, patience, type Scene } from './scene.ts'
import { callCount, modelCallCount } from './story.ts'
import { expectNoCallRepeated, expectNothingLost, expectStory } from './whole.ts'

const slow = { timeout: 90_000 }
const statusSchema = z.object({ settled: z.boolean(), items: z.object({ claimed: z.number(), done: z.number() }) })

/** A backfill that has been started and nobody works on: from here on the service is the only process. */
async function openStarted(seed: number, options: { kinds?: Kind[]; settings?: Record<string, string>; atEnd: AtEnd }) {
  const scene = await openScene(seed, options)
  const { key } = await scene.world.useCases.createKey({ name: 'test', actor: scene.world.actor })
  await scene.startBackfill()
  await scene.world.close()
  return { ...scene, key }
}

/** What a service, once it listens, says of the backfill. */
async function ask({ backfillId, key }: Scene & { key: string }, service: { url: Promise<string> }) {
  const headers = { authorization: `Bearer ${key}` }
  const response = await fetch(`${await service.url}/v1/backfills/${backfillId}`, { headers })
  return statusSchema.parse(await response.json())
}

/** A service that has kept some conversations, has calls of a second's length under way, and more of them to make. */
async function startToTheMiddle(scene: Scene & { key: string }) {
  const { models } = scene.world
  models.admin.set({ latencyMs: 150 })
  const service = scene.startService()
  await vi.waitUntil(async () => (await ask(scene, service)).items.done >= 4, patience)
  models.admin.set({ latencyMs: 1_000 })
  await vi.waitUntil(() => models.admin.state().inFlight > 0, patience)
  return service
}

test.concurrent(
  'killed in the middle of a backfill into both CRMs and started again, it finishes by itself',
  slow,
  async (context) => {
    const scene = await openStarted(31, { kinds: ['salesforce', 'hubspot'], atEnd: context.onTestFinished })
    const { models, database } = scene.world
    const first = await startToTheMiddle(scene)
    await first.kill()
    const killedAt = new Date()
    expect((await database.db.selectFrom('backfills').select('state').execute())[0]).toEqual({ state: 'running' })

    models.admin.set({ latencyMs: 0 })
    const second = scene.startService()
    await vi.waitUntil(async () => (await ask(scene, second)).settled, patience)
    const world = { ...scene.world, db: database.db }
    await expectNothingLost(world)
    await expectNoCallRepeated(world, killedAt)
    expectStory(scene.world)
  },
)

test.concurrent('told to end, it keeps what it has paid for and leaves nothing behind', slow, async (context) => {
  const scene = await openStarted(32, { kinds: ['salesforce'], atEnd: context.onTestFinished })
  const { models, database } = scene.world
  const first = await startToTheMiddle(scene)
  expect(await first.terminate()).toBe(0)
  const left = await database.db.selectFrom('backfill_items').select('state').distinct().orderBy('state').execute()
  expect(left).toEqual([{ state: 'done' }, { state: 'open' }])

  models.admin.set({ latencyMs: 0 })
  const second = scene.startService()
  await vi.waitUntil(async () => (await ask(scene, second)).settled, patience)
  const world = { ...scene.world, db: database.db }
  await expectNothingLost(world)
  await expectNoCallRepeated(world)
  expect(models.admin.state().requests).toBe(modelCallCount)
  expectStory(scene.world)
})

test.concurrent(
  'on its embedded database it adopts the server it left, and stops it in the end',
  slow,
  async (context) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'afterword-crash-'))
    context.onTestFinished(() => rm(folder, { recursive: true }))
    const scene = await openStarted(33, {
      settings: { DATABASE_URL: '', AFTERWORD_DATA: folder },
      atEnd: context.onTestFinished,
    })
    const { models } = scene.world
    expect(processesOn(folder)).toBe(false)
    models.admin.fault({ kind: 'hang', times: 3 })
    const first = scene.startService()
    // Three calls are under way for as long as it lives; all others are kept.
    await vi.waitUntil(async () => (await ask(scene, first)).items.done === callCount - 3, patience)
    const server = await postmasterOf(folder)
    await first.kill()

    const second = scene.startService()
    await vi.waitUntil(async () => (await ask(scene, second)).settled, patience)
    expect(await postmasterOf(folder)).toBe(server)
    expect(models.admin.state().requests).toBe(modelCallCount + 3)
    expectStory(scene.world)
    expect(await second.terminate()).toBe(0)
    expect(processesOn(folder)).toBe(false)
  },
)
