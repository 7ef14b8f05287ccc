import type { Db } from '../../db/index.ts'
import type { Rate } from '../bucket-store.ts'
import { waitTurn } from '../wait-turn.ts'
import { isBackground } from './background.ts'

/**
 * Turns of one bucket, first for what a person waits for. All draw on the same schedule, so no window holds more than
 * `burst + perSecond · t`; but background work uses half of the burst only, and stands in a line of its own with two turns
 * ordered at a time: the next is asked for while the last is waited for. So the other half is there for whoever comes by, and no share of the rate lies idle for it.
 */
export function openGate(deps: { db: Db }, bucket: string): (rate: Rate) => Promise<void> {
  let line: [Promise<unknown>, Promise<unknown>] = [Promise.resolve(), Promise.resolve()]
  return async (rate) => {
    if (!isBackground()) return await waitTurn(deps, bucket, rate)
    const [before, last] = line
    const turn = (async () => {
      await before
      await waitTurn(deps, bucket, { ...rate, burst: Math.max(1, Math.floor(rate.burst / 2)) })
    })()
    line = [last, turn.catch(() => undefined)]
    await turn
  }
}
