import { randomUUID } from 'node:crypto'
import type { HttpReply, HttpRequest, HttpRoute } from '../http.ts'
import { answerFaulty, takeFault } from './faults.ts'
import { admit, rateHeaders } from './limits.ts'
import type { Portal } from './portal.ts'
import { badRequest, Refusal, throttled, unauthorised } from './refusals.ts'
import { countRequest } from './request-log.ts'

export const OPERATION_NAMES = [
  'contacts.batch_read',
  'contacts.batch_create',
  'contacts.batch_update',
  'contacts.batch_upsert',
  'contacts.list',
  'contacts.get',
  'contacts.search',
  'contacts.merge',
  'properties.list',
  'properties.get',
  'properties.create',
  'account.details',
  'account.usage',
  'account.token',
] as const

export type OperationName = (typeof OPERATION_NAMES)[number]

/** A reply, and how many records it was about: for the request log. */
export type Answer = HttpReply & { rows?: number; historyRows?: number }

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
      countRequest(portal, name, answer)
      const told = operation.headers === 'always' || (operation.headers === 'sometimes' && portal.random() < 0.5)
      const headers = { 'x-hubspot-correlation-id': randomUUID(), ...(told && rateHeaders(portal)) }
      return { ...answer, headers }
    },
  }
}

function passGates(portal: Portal, operation: Operation, request: HttpRequest): Answer {
  if (request.headers.authorization !== `Bearer ${portal.token}`) throw unauthorised()
  const throttle = admit(portal, operation.name === 'contacts.search' ? 'search' : 'burst')
  if (throttle) return throttled(throttle)
  const work = () => refusable(() => operation.answer(portal, requireJson(request)))
  const fault = takeFault(portal, operation.name)
  return fault ? answerFaulty(fault, work) : work()
}

function requireJson(request: HttpRequest): HttpRequest {
  if (request.method === 'POST' && request.body === undefined) throw badRequest('Invalid input JSON')
  return request
}

export function refusable<T extends HttpReply>(work: () => T): T | HttpReply {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) return error.reply
    throw error
  }
}
