import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpReply, HttpRequest, HttpRoute } from '../http.ts'
import { refusable } from '../refusal.ts'
import { type Answer, countRequest } from '../request-log.ts'
import { answerFaulty, type Fault, takeFaultOf } from './faults.ts'
import { admit, limitHeaders } from './limits.ts'
import { claimLocks, type Locked, type LockKeys, touches } from './locks.ts'
import { badToken, livingToken } from './oauth.ts'
import type { Org } from './org.ts'
import { limitExceeded, notFound, Refusal, sessionExpired } from './refusals.ts'

export const OPERATION_NAMES = [
  'oauth.token',
  'oauth.identity',
  'versions',
  'limits',
  'sobjects.list',
  'describe',
  'query',
  'query_all',
  'query_more',
  'search',
  'collections.retrieve',
  'collections.create',
  'collections.update',
  'collections.upsert',
  'collections.delete',
  'record.get',
  'record.create',
  'record.update',
  'record.upsert',
  'record.delete',
] as const

export type OperationName = (typeof OPERATION_NAMES)[number]

export type Operation = {
  name: OperationName
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  /** Whether it asks for a living session, as all do but the token endpoint and the list of versions. */
  access: 'rest' | 'identity' | 'open'
  /** What a write would lock, row by row. */
  locks?(org: Org, request: HttpRequest): string[][]
  answer(org: Org, request: HttpRequest, locked: Locked): Answer
}

const LONGEST_URL = 16_000
const VERSIONS = { oldest: 46, newest: 68 }

/** The operation behind what stands before all of them: session, limits, faults, locks, the request log. */
export function routeOf(org: Org, operation: Operation): HttpRoute {
  const { name, method, path, access } = operation
  return {
    method,
    path,
    async answer(request) {
      const answer = await passGates(org, operation, request)
      countRequest(org.log, name, answer)
      return { ...answer, headers: { ...(access === 'rest' && limitHeaders(org)), ...answer.headers } }
    },
  }
}

async function passGates(org: Org, operation: Operation, request: HttpRequest): Promise<Answer> {
  const token = operation.access === 'open' ? '' : livingToken(org, request)
  const refusal = token === undefined ? refuseToken(operation) : refuseRequest(org, operation, request)
  if (refusal) return refusal
  const rows = operation.locks?.(org, request) ?? []
  const fault = takeFaultOf(org, operation.name, rows)
  const claim = claimLocks(org, rows)
  const locked = fault?.kind === 'lock' ? lockedBy(fault, rows) : claim.locked
  const work = () => refusable(() => operation.answer(org, request, locked))
  try {
    const durationMs = org.settings.latencyMs + rows.length * org.settings.msPerRow
    if (durationMs > 0) await sleep(durationMs, undefined, { ref: false })
    return fault ? answerFaulty(org, fault, token ?? '', work) : work()
  } finally {
    claim.release()
  }
}

function refuseToken({ access }: Operation): HttpReply {
  return access === 'identity' ? badToken() : sessionExpired()
}

function refuseRequest(org: Org, { access, method }: Operation, request: HttpRequest): HttpReply | undefined {
  if (request.url.length > LONGEST_URL) return { status: 414, body: 'URI Too Long' }
  if (access !== 'rest') return undefined
  const version = /^v(\d{2})\.0$/.exec(request.params.version ?? '')?.[1]
  if (version === undefined || Number(version) < VERSIONS.oldest || Number(version) > VERSIONS.newest) {
    return notFound().reply
  }
  if (!admit(org)) return limitExceeded('daily')
  if ((method === 'POST' || method === 'PATCH') && request.body === undefined) {
    return new Refusal(400, 'JSON_PARSER_ERROR', 'The HTTP entity body is required to be JSON').reply
  }
  return undefined
}

function lockedBy({ recordId }: Fault, rows: LockKeys): Locked {
  const hit = rows.map((keys, place) => ({
    place,
    hit: recordId === undefined || touches([keys], recordId),
    key: keys[0] ?? '',
  }))
  return new Map(hit.filter((row) => row.hit).map(({ place, key }) => [place, recordId ?? key]))
}

/** The versions of the API, oldest first. */
export function listVersions(): Answer {
  const count = VERSIONS.newest - VERSIONS.oldest + 1
  const versions = Array.from({ length: count }, (_, place) => `${VERSIONS.oldest + place}.0`)
  const body = versions.map((version) => ({ version, label: `Release ${version}`, url: `/services/data/v${version}` }))
  return { status: 200, body }
}
