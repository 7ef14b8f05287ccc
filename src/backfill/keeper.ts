import { type Batcher, createBatcher } from './batcher.ts'
import { keepBatch } from './keep-batch.ts'
import type { StepDeps, Worked } from './run-step.ts'

export type Keeper = {
  /** Resolves at once, or where a whole batch waits already, when its turn has come. */
  keep(worked: Worked): Promise<void>
  /** Waits until all that this lane brought is kept, or has failed. */
  end(): Promise<void>
}

type Run = { backfillId: number; runId: number }
type Lane = { holder: string; open: number; fail: (error: unknown) => void }
type Brought = { lane: Lane; worked: Worked }
type Shared = { batcher: Batcher<Brought>; lanes: number }

// A batch costs some thirty statements, whatever its size: at 450 conversations a second an eighth of one each. What is not kept yet when
// the process dies is asked again, so nothing waits longer than half a second, and what comes first waits for nothing.
const batches = { size: 256, afterMs: 500 }

/** By the deps of a process, and by run. */
const shared = new WeakMap<StepDeps, Map<number, Shared>>()

/**
 * Keeps in micro-batches what the lanes of this process bring of a backfill, together: batches of one backfill commit one after another, and
 * a full one costs no more than one that a single lane could fill by a quarter. A batch that cannot be kept is told to each lane that has
 * brought some of it.
 */
export function openKeeper(deps: StepDeps, run: Run, holder: string, fail: (error: unknown) => void): Keeper {
  const { runId } = run
  const ofProcess = shared.get(deps) ?? new Map<number, Shared>()
  shared.set(deps, ofProcess)
  const together = ofProcess.get(runId) ?? { batcher: createBatcher(batches, keepTogether(deps, run)), lanes: 0 }
  ofProcess.set(runId, together)
  together.lanes += 1
  const lane: Lane = { holder, open: 0, fail }
  return {
    keep(worked) {
      lane.open += 1
      return together.batcher.add({ lane, worked })
    },
    async end() {
      while (lane.open > 0) await together.batcher.flush()
      together.lanes -= 1
      if (together.lanes === 0) ofProcess.delete(runId)
    },
  }
}

function keepTogether(deps: StepDeps, run: Run): (batch: Brought[]) => Promise<void> {
  return async (batch) => {
    const lanes = new Set(batch.map(({ lane }) => lane))
    try {
      await keepBatch(
        deps,
        run,
        batch.map(({ lane, worked }) => ({ ...worked, holder: lane.holder })),
      )
    } catch (error) {
      for (const { fail } of lanes) fail(error)
    } finally {
      for (const { lane } of batch) lane.open -= 1
    }
  }
}
