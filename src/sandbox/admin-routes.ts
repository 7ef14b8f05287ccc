import type { HttpReply, HttpRequest, HttpRoute } from './http.ts'
import { asNumber, asObject, asText, type JsonObject } from './json.ts'
import { badOrder, refusable } from './refusal.ts'

/** One of an admin's functions by HTTP, under `/__admin`: what it answers comes as JSON, what it refuses as 4xx. */
export function adminRoute(method: string, name: string, act: (request: HttpRequest) => unknown): HttpRoute {
  return {
    method,
    path: `/__admin/${name}`,
    answer: (request) => refusable((): HttpReply => ({ status: 200, body: act(request) ?? { done: true } })),
  }
}

/** A body that is one order, or a list of them. */
export function oneOrMore(body: unknown): JsonObject[] {
  return (Array.isArray(body) ? body : [body]).map(asObject)
}

/** The known value that is given, or a refusal that lists them. */
export function oneOf<T extends string>(known: readonly T[], given: unknown, name: string): T {
  const found = known.find((value) => value === given)
  if (found === undefined) throw badOrder(`${name}: one of ${known.join(', ')} is needed`)
  return found
}

/** The `at` of an order, where it has one. */
export function readMoment(given: unknown): { at?: string } {
  const at = asText(given)
  return at === undefined ? {} : { at }
}

/** Epoch milliseconds of an ISO 8601 instant. */
export function momentOf(at: string): number {
  const moment = Date.parse(at)
  if (Number.isNaN(moment)) throw badOrder(`at: "${at}" is not an ISO 8601 instant`)
  return moment
}

/** What a fault order of any vendor says beside its own words. */
export function readTimesAndStatus(given: JsonObject): { status?: number; times?: number } {
  const status = asNumber(given.status)
  const times = asNumber(given.times)
  return { ...(status !== undefined && { status }), ...(times !== undefined && { times }) }
}
