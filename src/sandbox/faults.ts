import type { HttpReply } from './http.ts'

/** What can go wrong with a request of any vendor. */
export const TRANSPORT_FAULTS = [
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
] as const

export type TransportFault = { kind: (typeof TRANSPORT_FAULTS)[number]; status?: number }

/** The oldest waiting fault that fits, used up by one. */
export function takeFault<F extends { times: number }>(faults: F[], fits: (fault: F) => boolean): F | undefined {
  const fault = faults.find(fits)
  if (!fault) return undefined
  fault.times -= 1
  if (fault.times <= 0) faults.splice(faults.indexOf(fault), 1)
  return fault
}

/** Answers for an operation that a fault befell; `work` does what was asked. */
export function answerTransportFault<A extends HttpReply>(
  fault: TransportFault,
  work: () => A,
  serverError: (status: number) => HttpReply,
): A | HttpReply {
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
  }
}
