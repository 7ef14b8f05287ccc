import type { HttpReply } from '../http.ts'
import type { Fault } from './faults.ts'
import { invalid, refusalReply } from './refusal.ts'

/** The answer to a request that never reaches the model; undefined where the fault is one of the model or of the way back. */
export function failedReply(fault: Fault): HttpReply | undefined {
  switch (fault.kind) {
    case 'hang':
      return { status: 0, delivery: 'hang' }
    case 'envelope':
      return refusalReply({ ...invalid('upstream error', null, 'upstream_error'), status: 200, type: 'server_error' })
    case 'insufficient_quota':
      return refusalReply({
        status: 429,
        message: 'You exceeded your current quota, please check your plan and billing details.',
        type: 'insufficient_quota',
        param: null,
        code: 'credit_balance_exhausted',
      })
    // The words of OpenAI's guide on flex (reference/llm.md 1.7); the code is made of them.
    case 'resource_unavailable':
      return refusalReply({
        status: 429,
        message: 'Resource Unavailable: there is not enough capacity for flex processing at the moment.',
        type: 'resource_unavailable',
        param: null,
        code: 'resource_unavailable',
      })
    case 'status':
      return statusReply(fault.status ?? 500, fault.retryAfterSeconds)
    default:
      return undefined
  }
}

function statusReply(status: number, retryAfterSeconds: number | undefined): HttpReply {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  const refusal =
    status === 429
      ? { message: 'Rate limit reached for requests per min (RPM).', type: 'requests', code: 'rate_limit_exceeded' }
      : { message: 'The server had an error while processing your request.', type: 'server_error', code: null }
  return refusalReply({ status, param: null, ...refusal }, headers)
}
