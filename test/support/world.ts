import { afterAll } from 'vitest'
import type { Kind } from './accounts/account.ts'
import { type AtEnd, createTestDatabase } from './database.ts'
import { openWorld, type World, type WorldOptions } from './open-world.ts'

export type { World } from './open-world.ts'

/**
 * Starts a world for this test file at its top, on HubSpot; it ends with the file. Records and fields of the CRM are the test's
 * to make. `clock` is the CRM's, epoch ms: the machine's unless given. With `onTestFinished` it is one test's, and ends with it.
 */
export async function createWorld(
  settings: Record<string, string> = {},
  clock = Date.now,
  atEnd: AtEnd = afterAll,
): Promise<World> {
  return createWorldOn(['hubspot'], { settings, clock, atEnd })
}

/** The same with a connection of each of these kinds: `main` is the first, others go by their kind. */
export async function createWorldOn(
  kinds: Kind[],
  { atEnd = afterAll, ...options }: WorldOptions & { atEnd?: AtEnd } = {},
): Promise<World> {
  return openWorld(await createTestDatabase(atEnd), { ...options, kinds, atEnd })
}
