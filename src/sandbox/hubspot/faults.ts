import type { HttpReply } from '../http.ts'
import type { Answer, OperationName } from './operation.ts'
import type { Portal } from './portal.ts'
import { Refusal, throttled } from './refusals.ts'

export const FAULT_KINDS = [
  /** Answers `status` (500 unless given) and does nothing. */
  'status',
  /** Does the work, then answers `status` (502 unless given). */
  'after_commit',
  /** Does the work, then breaks off in the middle of the body. */
  'cut',
  /** Does nothing and never answers. */
  'hang',
  /** Does the work and never answers. */
  'hang_after_commit',
  'throttle_burst',
  'throttle_search',
  'throttle_daily',
] as const

type FaultKind = (typeof FAULT_KINDS)[number]

/** What goes wrong with the next `times` requests (1 unless given) of an operation, or of any (`*`). */
export type FaultOrder = { operation: OperationName | '*'; kind: FaultKind; status?: number; times?: number }

export type Fault = FaultOrder & { times: number }

/** The oldest fault waiting for this operation, used up by one. */
export function takeFault(portal: Portal, operation: OperationName): Fault | undefined {
  const fault = portal.faults.find((waiting) => waiting.operation === operation || waiting.operation === '*')
  if (!fault) return undefined
  fault.times -= 1
  if (fault.times <= 0) portal.faults.splice(portal.faults.indexOf(fault), 1)
  return fault
}

/** Answers for an operation that a fault befell; `work` does what was asked. */
export function answerFaulty(fault: Fault, work: () => Answer): Answer {
  switch (fault.kind) {
    case 'status':
      return serverError(fault.status ?? 500)
    case 'after_commit':
      return { ...work(), ...serverError(fault.status ?? 502) }
    case 'cut':
      return { ...work(), delivery: 'cut' }
    case 'hang':
      return { status: 0, delivery: 'hang' }
    case 'hang_after_commit':
      return { ...work(), status: 0, delivery: 'hang' }
    case 'throttle_burst':
      return throttled('burst')
    case 'throttle_search':
      return throttled('search')
    case 'throttle_daily':
      return throttled('daily')
  }
}

function serverError(status: number): HttpReply {
  return new Refusal(status, 'INTERNAL_ERROR', 'internal error').reply
}
