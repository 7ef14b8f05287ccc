import type { Trx } from '../db/index.ts'
import type { FrozenConfig } from './items.ts'
import { insertConfig } from './version-store.ts'

/** Keeps a config readable for good under its hash, before anything refers to it. Twice is safe. */
export async function rememberConfig(trx: Trx, frozen: FrozenConfig): Promise<void> {
  await insertConfig(trx, frozen.hash, frozen.config)
}
