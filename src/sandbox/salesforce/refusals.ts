import type { HttpReply } from '../http.ts'
import { VendorRefusal } from '../refusal.ts'

/** Thrown by an operation that answers with Salesforce's error array instead of doing its work. */
export class Refusal extends VendorRefusal {
  constructor(status: number, errorCode: string, message: string, fields?: readonly string[]) {
    super(message, { status, body: [{ message, errorCode, ...(fields && { fields }) }] })
  }
}

/** Why one row was not written: the error of a row in a list of results. */
export type RowError = { statusCode: string; message: string; fields: string[] }

/** The error of a row, about the fields named. */
export function rowError(statusCode: string, message: string, fields: readonly string[] = []): RowError {
  return { statusCode, message, fields: [...fields] }
}

/** The same where the row is the whole request. */
export function refuseRow(errors: readonly RowError[], status = 400): VendorRefusal {
  const body = errors.map(({ statusCode, message, fields }) => ({ message, errorCode: statusCode, fields }))
  return new VendorRefusal(errors[0]?.message ?? '', { status, body })
}

/** The 404 of what is not there. */
export function notFound(message = 'The requested resource does not exist'): Refusal {
  return new Refusal(404, 'NOT_FOUND', message)
}

/** The error of a row whose id has no form of an id. */
export function malformedId(given: string): RowError {
  return rowError('MALFORMED_ID', `malformed id ${given}`, ['Id'])
}

/** The one body of an expired, a revoked and an invented session (crm.md 4.2). */
export function sessionExpired(): HttpReply {
  return new Refusal(401, 'INVALID_SESSION_ID', 'Session expired or invalid').reply
}

/** The two flavours of one 403: the day's allowance, and too many long requests at once (crm.md 4.2). */
export function limitExceeded(flavour: 'daily' | 'concurrent'): HttpReply {
  const message = flavour === 'daily' ? 'TotalRequests Limit exceeded.' : 'ConcurrentPerOrgLongTxn Limit exceeded.'
  return new Refusal(403, 'REQUEST_LIMIT_EXCEEDED', message).reply
}

/** A failure that is none of the request. */
export function serverError(status: number): HttpReply {
  const code = status === 503 ? 'SERVER_UNAVAILABLE' : 'UNKNOWN_EXCEPTION'
  return new Refusal(status, code, 'An unexpected error occurred. Please include this ErrorId if you contact support')
    .reply
}
