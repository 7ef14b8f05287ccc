import { createMiddleware } from 'hono/factory'
import { HTTPException } from 'hono/http-exception'
import { matchedRoutes } from 'hono/route'
import { AppError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { HttpEnv } from './context.ts'

/** One line per request: the route's pattern and never its path, in which a number may stand. */
export function logRequests(log: Log) {
  return createMiddleware<HttpEnv>(async (c, next) => {
    const startedAt = performance.now()
    await next()
    const line = {
      request_id: c.get('requestId'),
      method: c.req.method,
      // Middleware matches too, under ALL.
      route: matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? 'none',
      status: c.res.status,
      duration_ms: Math.round(performance.now() - startedAt),
      // Absent where nobody was let in.
      key: c.var.actor?.name,
    }
    if (c.error === undefined) log.info(line, 'request')
    else if (c.error instanceof AppError) log.warn({ ...line, code: c.error.code, reason: c.error.message }, 'request')
    else if (c.error instanceof HTTPException && c.error.status < 500)
      log.warn({ ...line, code: 'request.refused', reason: c.error.message }, 'request')
    else log.error({ ...line, code: 'internal', reason: c.error.message, stack: c.error.stack }, 'request')
  })
}
