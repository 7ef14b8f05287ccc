import type { Trx } from '../db/index.ts'
import type { FrozenConfig } from './items.ts'
import { insertConfigs } from './version-store.ts'

/** Keeps configs readable for good under their hashes, before anything refers to them, in one statement. Twice is safe. */
export async function rememberConfigs(trx: Trx, frozen: readonly FrozenConfig[]): Promise<void> {
  // Each once and in one order, so that no two transactions wait for each other.
  const byHash = new Map(frozen.map((each) => [each.hash, each]))
  await insertConfigs(
    trx,
    [...byHash.values()].toSorted((one, other) => (one.hash < other.hash ? -1 : 1)),
  )
}
