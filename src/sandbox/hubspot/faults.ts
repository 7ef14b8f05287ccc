import { answerTransportFault, TRANSPORT_FAULTS, takeFault } from '../faults.ts'
import type { HttpReply } from '../http.ts'
import type { Answer } from '../request-log.ts'
import type { OperationName } from './operation.ts'
import type { Portal } from './portal.ts'
import { Refusal, throttled } from './refusals.ts'

export const FAULT_KINDS = [...TRANSPORT_FAULTS, 'throttle_burst', 'throttle_search', 'throttle_daily'] as const

type FaultKind = (typeof FAULT_KINDS)[number]

/** What goes wrong with the next `times` requests (1 unless given) of an operation, or of any (`*`). */
export type FaultOrder = {
  operation: OperationName | '*'
  kind: FaultKind
  status?: number
  times?: number
  /** Seconds. HubSpot names them with a 477, and with none of its 429 (crm.md 1.6): tests that need not wait have it so. */
  retryAfter?: number
}

export type Fault = FaultOrder & { times: number }

export function takeFaultOf(portal: Portal, name: OperationName): Fault | undefined {
  return takeFault(portal.faults, ({ operation }) => operation === name || operation === '*')
}

export function answerFaulty(fault: Fault, work: () => Answer): Answer {
  const answer = faultyAnswer(fault, work)
  return fault.retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': String(fault.retryAfter) } }
}

function faultyAnswer({ kind, status }: Fault, work: () => Answer): Answer {
  switch (kind) {
    case 'throttle_burst':
      return throttled('burst')
    case 'throttle_search':
      return throttled('search')
    case 'throttle_daily':
      return throttled('daily')
    default:
      return answerTransportFault({ kind, ...(status !== undefined && { status }) }, work, serverError)
  }
}

function serverError(status: number): HttpReply {
  return new Refusal(status, 'INTERNAL_ERROR', 'internal error').reply
}
