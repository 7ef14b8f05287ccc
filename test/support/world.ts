import { afterAll } from 'vitest'
import { type AtEnd, createTestDatabase } from './database.ts'
import { openWorld, type World } from './open-world.ts'

export type { World } from './open-world.ts'

/**
 * Starts a world for this test file at its top; it ends with the file. Records and fields of the CRM are the test's to make.
 * `clock` is the CRM's, epoch ms: the machine's unless given. With `onTestFinished` it is one test's, and ends with it.
 */
export async function createWorld(
  settings: Record<string, string> = {},
  clock = Date.now,
  atEnd: AtEnd = afterAll,
): Promise<World> {
  return openWorld(await createTestDatabase(atEnd), { settings, clock, atEnd })
}
