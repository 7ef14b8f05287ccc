import { randomUUID } from 'node:crypto'
import type { HttpRequest, HttpRoute } from '../http.ts'
import { refusable } from '../refusal.ts'
import { type Answer, countRequest } from '../request-log.ts'
import { answerFaulty, takeFaultOf } from './faults.ts'
import { admit, rateHeaders } from './limits.ts'
import { isLiving } from './oauth.ts'
import type { Portal } from './portal.ts'
import { badRequest, throttled, unauthorised } from './refusals.ts'
import { missingScope, scopeOf } from './scopes.ts'

export const OPERATION_NAMES = [
  'contacts.batch_read',
  'contacts.batch_create',
  'contacts.batch_update',
  'contacts.batch_upsert',
  'contacts.list',
  'contacts.get',
  'contacts.search',
  'contacts.merge',
  'calls.batch_read',
  'calls.batch_create',
  'calls.batch_update',
  'calls.batch_upsert',
  'calls.batch_archive',
  'communications.batch_read',
  'communications.batch_create',
  'communications.batch_update',
  'communications.batch_upsert',
  'communications.batch_archive',
  'associations.batch_create',
  'associations.batch_read',
  'associations.batch_archive',
  'properties.list',
  'properties.get',
  'properties.create',
  'groups.create',
  'account.details',
  'account.usage',
  'account.token',
  'oauth.token',
  'oauth.introspect',
] as const

export type OperationName = (typeof OPERATION_NAMES)[number]

export type Operation = {
  name: OperationName
  method: 'GET' | 'POST'
  path: string
  /** Batch calls always carry the rate headers, searches never, the rest now and then (crm.md 1.6). */
  headers: 'always' | 'sometimes' | 'never'
  answer(portal: Portal, request: HttpRequest): Answer
}

/** The operation behind what stands before all of them: the token, the limits, the faults, the request log. */
export function routeOf(portal: Portal, operation: Operation): HttpRoute {
  const { name, method, path } = operation
  return {
    method,
    path,
    answer(request) {
      const answer = refusable(() => passGates(portal, operation, request))
      countRequest(portal.log, name, answer)
      const told = operation.headers === 'always' || (operation.headers === 'sometimes' && portal.random() < 0.5)
      const headers = { 'x-hubspot-correlation-id': randomUUID(), ...(told && rateHeaders(portal)) }
      return { ...answer, headers: { ...headers, ...answer.headers } }
    },
  }
}

function passGates(portal: Portal, operation: Operation, request: HttpRequest): Answer {
  const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ')
  if (scheme !== 'Bearer' || !isLiving(portal, token)) throw unauthorised()
  const scope = scopeOf(operation)
  if (scope !== null && !portal.settings.scopes.includes(scope)) throw missingScope(scope)
  const throttle = admit(portal, operation.name === 'contacts.search' ? 'search' : 'burst')
  if (throttle) return throttled(throttle)
  const work = () => refusable(() => operation.answer(portal, requireJson(request)))
  const fault = takeFaultOf(portal, operation.name)
  return fault ? answerFaulty(fault, work) : work()
}

function requireJson(request: HttpRequest): HttpRequest {
  if (request.method === 'POST' && request.body === undefined) throw badRequest('Invalid input JSON')
  return request
}
