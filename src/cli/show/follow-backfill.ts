import { setTimeout as sleep } from 'node:timers/promises'
import { Presets, SingleBar } from 'cli-progress'
import type { BackfillStatus } from '../../backfill/index.ts'
import { duration, tally, usd } from './words.ts'

const refreshMs = 500
/** Where lines are kept, one says more than many. */
const lineEveryMs = 5_000

/**
 * Shows a backfill's progress until it has come to rest: settled, paused, stopped or cancelled; a parked one goes on. On a terminal as a
 * bar; elsewhere as plain lines to `tell`, one at the start and the end and whenever something has changed for some seconds. Returns the last status.
 */
export async function followBackfill(
  readStatus: () => Promise<BackfillStatus>,
  tell: (line: string) => void,
): Promise<BackfillStatus> {
  const show = process.stdout.isTTY ? openBar() : openLines(tell)
  let status = await readStatus()
  try {
    show.progress(status)
    while (!isAtRest(status)) {
      await sleep(refreshMs)
      status = await readStatus()
      show.progress(status)
    }
  } finally {
    // Also where it breaks off: a terminal wants its cursor back.
    show.end()
  }
  return status
}

function openBar() {
  const bar = new SingleBar(
    { format: '  {bar} {facts}', stream: process.stdout, hideCursor: true },
    Presets.shades_classic,
  )
  let isBegun = false
  return {
    progress(status: BackfillStatus) {
      const { total, done } = status.items
      if (!isBegun) bar.start(total, done, { facts: facts(status) })
      isBegun = true
      // Conversations that are deleted on the way are no longer waited for.
      bar.setTotal(total)
      bar.update(done, { facts: facts(status) })
    },
    end: () => bar.stop(),
  }
}

function openLines(tell: (line: string) => void) {
  let last = ''
  let toldAt = Number.NEGATIVE_INFINITY
  let waiting: string | undefined
  return {
    progress(status: BackfillStatus) {
      const line = `${status.backfill.state}: ${facts(status)}`
      waiting = line === last ? undefined : line
      if (waiting === undefined || performance.now() - toldAt < lineEveryMs) return
      tell(line)
      ;[last, toldAt, waiting] = [line, performance.now(), undefined]
    },
    end() {
      if (waiting !== undefined) tell(waiting)
    },
  }
}

function isAtRest({ backfill, settled }: BackfillStatus): boolean {
  const { state, parked } = backfill
  // One that waits for a person does not go on by itself.
  return settled || parked?.until === null || ['paused', 'stopped', 'cancelled', 'planned'].includes(state)
}

function facts({ backfill, items, pushes, holds, ratePerMinute, secondsLeft }: BackfillStatus): string {
  return [
    `${items.done}/${items.total} conversations`,
    items.cached > 0 ? `${items.cached} from the cache` : [],
    items.done > 0 ? tally(items.outcomes) : [],
    `${pushes.recordsWritten} records written`,
    usd(items.costUsd),
    ratePerMinute === null ? [] : `${Math.round(ratePerMinute)}/min`,
    secondsLeft === null || secondsLeft === 0 ? [] : `${duration(secondsLeft)} left`,
    parkedFor(backfill.parked),
    holds.map((hold) => `held: ${hold.why}`),
  ]
    .flat()
    .join(' · ')
}

function parkedFor(parked: BackfillStatus['backfill']['parked']): string | [] {
  if (!parked) return []
  if (!parked.until) return 'parked: it has cost what it may'
  const why = parked.needsUsd === null ? 'the provider is out of credit' : 'a spending limit'
  return `parked (${why}) until ${parked.until.toISOString()}`
}
