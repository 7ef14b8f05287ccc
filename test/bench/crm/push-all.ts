import { pushConnection } from '../../../src/sync/index.ts'
import type { World } from '../../support/open-world.ts'
import { isBatchCall } from '../bare.ts'

export type Pushed = {
  /** From the first call to the last answer. */
  seconds: number
  /** When each call went out, in seconds since the first. */
  callsAt: number[]
  calls: { read: number; history: number; write: number }
}

/** Pushes all that is marked, which has to be so many records, and says when what was asked of the CRM. */
export async function pushAll(world: World, records: number): Promise<Pushed> {
  const { db, log, model, next, crm } = world
  const timed: number[] = []
  clock.at = () => void timed.push(performance.now())
  const started = performance.now()
  const report = await pushConnection({ db, log, model, next, now: () => new Date() }, crm)
  const ended = performance.now()
  clock.at = () => undefined
  if (report?.written !== records) throw new Error(`${report?.written} of ${records} records were written`)
  const first = timed[0] ?? started
  return {
    seconds: (ended - first) / 1_000,
    callsAt: timed.map((at) => (at - first) / 1_000),
    calls: report.calls,
  }
}

const clock = { at: () => {} }

/** Has `pushAll` told of every batch call that this process sends: by clients made from now on. */
export function timeCalls(): void {
  const { fetch } = globalThis
  globalThis.fetch = (input, init) => {
    if (isBatchCall({ url: String(input), init: {} })) clock.at()
    return fetch(input, init)
  }
}
