import type { Op } from './language.ts'

/** When pushes happen: after every operation, whenever time moves on, or only at the end. */
export type Pace = 'each' | 'minute' | 'end'

/** One operation with when it reaches us: the minute, and its place among those of the same minute. */
export type Step = { op: Op; minute: number; place: number; thenPush: boolean }

/** The operations in their order, each as soon as it can be. */
export function stepsOf(ops: readonly Op[], pace: Pace): Step[] {
  const steps: Step[] = []
  for (const op of ops) {
    const last = steps.at(-1)
    const minute = Math.max(last?.minute ?? 0, 'at' in op ? op.at : 0)
    if (last && pace === 'minute') last.thenPush = minute > last.minute
    steps.push({ op, minute, place: last?.minute === minute ? last.place + 1 : 0, thenPush: pace === 'each' })
  }
  return steps
}
