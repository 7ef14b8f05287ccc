import { setTimeout as sleep } from 'node:timers/promises'
import { Presets, SingleBar } from 'cli-progress'
import type { BackfillStatus } from '../../backfill/index.ts'
import { usd } from './words.ts'

const refreshMs = 250

/**
 * Shows a backfill's progress as a bar until it has come to rest: settled, paused, stopped or cancelled; a parked one goes on. Where nobody watches (no
 * terminal), prints a line at the start and none in between. Returns the last status.
 */
export async function followBackfill(readStatus: () => Promise<BackfillStatus>): Promise<BackfillStatus> {
  const bar = new SingleBar(
    {
      format:
        '  {bar} {value}/{total} conversations · {cached} from the cache · {written} records written · {cost}{parked}',
      stream: process.stdout,
      hideCursor: true,
      noTTYOutput: !process.stdout.isTTY,
      notTTYSchedule: 60_000,
    },
    Presets.shades_classic,
  )
  let status = await readStatus()
  bar.start(status.items.total, 0, facts(status))
  while (!isAtRest(status)) {
    await sleep(refreshMs)
    status = await readStatus()
    bar.update(status.items.done, facts(status))
  }
  bar.stop()
  return status
}

function isAtRest({ backfill, settled }: BackfillStatus): boolean {
  return settled || ['paused', 'stopped', 'cancelled', 'planned'].includes(backfill.state)
}

function facts({ backfill, items, pushes, holds }: BackfillStatus) {
  const { needsUsd, until } = backfill.parked ?? {}
  const why = needsUsd === null ? 'the provider is out of credit' : 'a spending limit'
  const parked = until ? ` · parked (${why}) until ${until.toISOString()}` : ''
  const held = holds.map(({ why }) => ` · held: ${why}`).join('')
  return { cached: items.cached, written: pushes.recordsWritten, cost: usd(items.costUsd), parked: parked + held }
}
