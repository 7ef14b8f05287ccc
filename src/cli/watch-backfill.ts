import { setTimeout as sleep } from 'node:timers/promises'
import { SingleBar } from 'cli-progress'
import type { BackfillStatus } from '../backfill/index.ts'
import { formatUsd } from './table.ts'

const everyMs = 300
/** Where nobody watches a terminal, a line now and then. */
const lineEveryMs = 5_000

/**
 * Shows the progress of a backfill until everything it brought about is done, or it is paused. Returns its last status.
 * The bar goes to standard error, so that the output of a command stays clean.
 */
export async function watchBackfill(read: () => Promise<BackfillStatus>): Promise<BackfillStatus> {
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {value}/{total} conversations | {records} records written | {cost} | {state}',
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: lineEveryMs,
    stopOnComplete: false,
  })
  let status = await read()
  bar.start(status.items.total, status.items.done, shown(status))
  try {
    while (!status.settled && status.backfill.state !== 'paused') {
      await sleep(everyMs)
      status = await read()
      bar.update(status.items.done, shown(status))
    }
  } finally {
    bar.stop()
  }
  return status
}

function shown({ backfill, items, pushes }: BackfillStatus) {
  const state = backfill.state === 'done' && pushes.waiting > 0 ? `${pushes.waiting} wait for the CRM` : backfill.state
  return { records: pushes.recordsWritten, cost: formatUsd(items.costUsd), state }
}
