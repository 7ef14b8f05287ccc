import { randomUUID } from 'node:crypto'
import type { HttpReply } from '../http.ts'
import { VendorRefusal } from '../refusal.ts'

/** Thrown by an operation that answers with one of HubSpot's error bodies instead of doing its work. */
export class Refusal extends VendorRefusal {
  constructor(status: number, category: string, message: string, extra: Record<string, unknown> = {}) {
    super(message, { status, body: { status: 'error', message, correlationId: randomUUID(), ...extra, category } })
  }
}

/** What is wrong with one property of one input. */
export type Problem = { isValid: false; message: string; error: string; name: string }

export function badRequest(message: string): Refusal {
  return new Refusal(400, 'VALIDATION_ERROR', message)
}

export function invalidValues(problems: readonly Problem[]): Refusal {
  return new Refusal(400, 'VALIDATION_ERROR', invalidValuesMessage(problems), { errors: problems.map(problemDetail) })
}

export function invalidValuesMessage(problems: readonly Problem[]): string {
  return `Property values were not valid: ${JSON.stringify(problems)}`
}

export function problemDetail({ message, error, name }: Problem) {
  return { message, code: error, context: { propertyName: [name] } }
}

export function duplicateIds(ids: readonly string[]): Refusal {
  const message = `Duplicate IDs found in batch input: [${ids.join(', ')}]. IDs must be unique`
  return new Refusal(400, 'VALIDATION_ERROR', message, { context: { ids } })
}

export function nonUniqueIdProperty(name: string): Refusal {
  return badRequest(`Unable to perform update/upsert by non-unique 0-1 property: ${name}`)
}

export function unauthorised(): Refusal {
  const message = 'Authentication credentials not found. This API supports OAuth 2.0 and private app access tokens.'
  return new Refusal(401, 'INVALID_AUTHENTICATION', message)
}

export type Throttle = 'burst' | 'search' | 'daily'

/** The three 429 bodies: only the burst and the daily one name their policy (crm.md 1.6). */
export function throttled(throttle: Throttle): HttpReply {
  if (throttle === 'search') return new Refusal(429, 'RATE_LIMITS', 'You have reached your secondly limit.').reply
  const policyName = throttle === 'burst' ? 'TEN_SECONDLY_ROLLING' : 'DAILY'
  return {
    status: 429,
    body: {
      status: 'error',
      message: `You have reached your ${policyName.toLowerCase()} limit.`,
      errorType: 'RATE_LIMIT',
      correlationId: randomUUID(),
      policyName,
      groupName: 'privateapp:sandbox',
    },
  }
}
