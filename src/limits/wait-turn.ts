import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../db/index.ts'
import { type Rate, takeTurn } from './bucket-store.ts'

/** Takes a turn and returns when it has come. An abort ends the wait with an `AbortError`; the turn is then lost. */
export async function waitTurn(
  deps: { db: Db },
  bucket: string,
  rate: Rate,
  options: { cost?: number; signal?: AbortSignal } = {},
): Promise<void> {
  options.signal?.throwIfAborted()
  const { waitMs } = await takeTurn(deps, bucket, rate, options.cost)
  if (waitMs > 0) await sleep(waitMs, undefined, options.signal && { signal: options.signal })
}
