import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { AppError } from '../errors.ts'
import { type HttpEnv, surfaceOf } from './context.ts'

type Answer = { status: number; code: string; message: string; headers: Record<string, string> }

/**
 * Every error as its surface spells it: `{status, message}` where the source product's SDK reads it, elsewhere
 * `{error: {code, message, request_id}}`. What nobody foresaw is told to the log and to no caller.
 */
export function answerError(error: Error, c: Context<HttpEnv>): Response {
  return answer(c, describe(error))
}

export function answerUnknownRoute(c: Context<HttpEnv>): Response {
  const message = `there is no ${c.req.method} ${c.req.path} here; GET /openapi.json lists what there is`
  return answer(c, { status: 404, code: 'route.not_found', message, headers: {} })
}

function answer(c: Context<HttpEnv>, { status, code, message, headers }: Answer): Response {
  const body =
    surfaceOf(c) === 'v1' ? { error: { code, message, request_id: c.get('requestId') } } : { status: 'error', message }
  return Response.json(body, {
    status,
    headers: { 'cache-control': 'no-store', 'x-request-id': c.get('requestId'), ...headers },
  })
}

function describe(error: Error): Answer {
  if (error instanceof AppError) {
    const message = error.told ?? error.message
    return { status: error.status ?? 500, code: error.code, message, headers: advice(error) }
  }
  if (error instanceof HTTPException && error.status < 500) {
    return { status: error.status, code: 'request.refused', message: error.message, headers: {} }
  }
  return { status: 500, code: 'internal', message: 'An unexpected server error occurred.', headers: {} }
}

/** SDKs that read `x-should-retry` come back within seconds, whatever `retry-after` says beyond a minute. */
const soonMs = 60_000

/** The source product's SDK repeats every 409, 429 and 500 twice unless told otherwise, and a repeated rerun costs again. */
function advice({ status, recovery, retryAfterMs }: AppError): Record<string, string> {
  return {
    'x-should-retry': String(recovery === 'retry' && (retryAfterMs ?? 0) <= soonMs),
    ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
  }
}
