import type { Trx } from '../db/index.ts'
import type { FrozenConfig } from './items.ts'
import { insertConfigs } from './version-store.ts'

/** Keeps a config readable for good under its hash, before anything refers to it. Twice is safe. */
export async function rememberConfig(trx: Trx, frozen: FrozenConfig): Promise<void> {
  await rememberConfigs(trx, [frozen])
}

/** The same of many, in one statement. */
export async function rememberConfigs(trx: Trx, frozen: readonly FrozenConfig[]): Promise<void> {
  // Each once and in one order, so that no two transactions wait for each other.
  const byHash = new Map(frozen.map((each) => [each.hash, each]))
  await insertConfigs(
    trx,
    [...byHash.values()].toSorted((one, other) => (one.hash < other.hash ? -1 : 1)),
  )
}
