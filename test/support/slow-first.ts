import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Files that take long though they are short: schedules and programs that are drawn, whole contracts, processes that are killed.
 * vitest starts with the longest file where it has no times of an earlier run; these would come last, one worker idle.
 */
const slow = /\/(scenarios\/(faults|programs)|contract|crash)\/|\/(killed-worker|stopped-connection|stamps)\.test\.ts$/

/** Starts the slow files first, all others in vitest's order. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isSlow = ({ moduleId }: TestSpecification) => slow.test(moduleId)
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))]
  }
}
