import { answerTransportFault, TRANSPORT_FAULTS, takeFault } from '../faults.ts'
import type { Answer } from '../request-log.ts'
import { limitHeaders } from './limits.ts'
import { type LockKeys, touches } from './locks.ts'
import type { OperationName } from './operation.ts'
import type { Org } from './org.ts'
import { limitExceeded, serverError, sessionExpired } from './refusals.ts'

export const FAULT_KINDS = [
  ...TRANSPORT_FAULTS,
  /** The session the request came with is over. */
  'session_expired',
  /** The day's calls are used up. */
  'request_limit',
  /** Too many long requests at once, while the day's calls are far from used up. */
  'concurrent_limit',
  /** Rows fail with UNABLE_TO_LOCK_ROW: those that touch `recordId`, or all of the request. */
  'lock',
] as const

type FaultKind = (typeof FAULT_KINDS)[number]

/** What goes wrong with the next `times` requests (1 unless given) of an operation, or of any (`*`). */
export type FaultOrder = {
  operation: OperationName | '*'
  kind: FaultKind
  status?: number
  times?: number
  /** With `lock`: an account, or any record; requests that do not touch it are spared. */
  recordId?: string
}

export type Fault = FaultOrder & { times: number }

/** The fault that befalls a request; `rows` are what its rows would lock: none where it writes nothing. */
export function takeFaultOf(org: Org, name: OperationName, rows: LockKeys): Fault | undefined {
  return takeFault(org.faults, ({ operation, kind, recordId }) => {
    if (operation !== name && operation !== '*') return false
    return kind !== 'lock' || (rows.length > 0 && (recordId === undefined || touches(rows, recordId)))
  })
}

/** Answers for a request that a fault befell; `work` does what was asked. */
export function answerFaulty(org: Org, { kind, status }: Fault, token: string, work: () => Answer): Answer {
  switch (kind) {
    case 'session_expired':
      org.sessions.delete(token)
      return sessionExpired()
    case 'request_limit':
      return { ...limitExceeded('daily'), headers: limitHeaders(org, org.settings.dailyLimit) }
    case 'concurrent_limit':
      return limitExceeded('concurrent')
    case 'lock':
      return work()
    default:
      return answerTransportFault({ kind, ...(status !== undefined && { status }) }, work, serverError)
  }
}
