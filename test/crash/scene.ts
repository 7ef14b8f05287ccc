import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { vi } from 'vitest'
import { activateMappingFiles } from '../../src/main/index.ts'
import type { Kind } from '../support/accounts/account.ts'
import type { AtEnd } from '../support/database.ts'
import { type AfterwordProcess, startAfterword } from '../support/start-afterword.ts'
import { createWorldOn, type World } from '../support/world.ts'
import { mappingOf, tellStory } from './story.ts'

/** A world on one or both CRMs with the story in it and a backfill of all of it planned, for processes to work on and to die at. */
export type Scene = {
  world: World
  backfillId: number
  startBackfill(): Promise<void>
  /** Workers in processes of their own, once they take jobs. */
  startWorkers(count: number): Promise<AfterwordProcess[]>
  startService(): AfterwordProcess
}

export const patience = { timeout: 60_000, interval: 50 }

/**
 * How long after a kill nothing may be done. A machine that tests something else beside is given more, but not so much that what was at
 * work could have waited for its heartbeat.
 */
export const goesOnWithinMs = process.env.KILLS === undefined ? 10_000 : 3_000

export async function openScene(
  seed: number,
  { kinds = ['hubspot'], settings, atEnd }: { kinds?: Kind[]; settings?: Record<string, string>; atEnd: AtEnd },
): Promise<Scene> {
  const mappings = await mkdtemp(path.join(tmpdir(), 'afterword-mappings-'))
  atEnd(() => rm(mappings, { recursive: true }))
  // That a worker died is a warning, and here it is the plan.
  const own = { AFTERWORD_MAPPINGS: mappings, AFTERWORD_LOG_LEVEL: 'error', AFTERWORD_PORT: '0', ...settings }
  const world = await createWorldOn(kinds, { settings: own, atEnd })
  for (const account of world.accounts)
    await writeFile(path.join(mappings, `${account.kind}-contacts.yaml`), mappingOf(account))
  await activateMappingFiles(world)
  const backfillId = await tellStory(world, seed)
  // Where the settings have it, the backfill goes by it.
  const lane = world.model.profile.hasFlex ? 'flex' : 'standard'
  await world.db.updateTable('backfills').set({ lane }).where('id', '=', backfillId).execute()
  const { useCases, queue, actor, environment } = world
  return {
    world,
    backfillId,
    startBackfill: async () => void (await useCases.startBackfill({ id: backfillId, actor })),
    startWorkers: async (count) => {
      const living = await queue.countWorkers()
      const workers = Array.from({ length: count }, () => startAfterword('worker', environment, atEnd))
      await vi.waitUntil(async () => (await queue.countWorkers()) === living + count, patience)
      return workers
    },
    startService: () => startAfterword('serve', environment, atEnd),
  }
}
