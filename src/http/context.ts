import type { Context } from 'hono'
import type { Actor } from '../audit/index.ts'

/** What the middleware leaves for the handlers of one request. */
export type HttpEnv = { Variables: { requestId: string; actor: Actor } }

/** The part of the API a request belongs to: the source product's, which its SDK can call, or our own. */
export function surfaceOf(c: Context): 'retell' | 'v1' {
  return c.req.path.startsWith('/v1/') || c.req.path === '/v1' ? 'v1' : 'retell'
}
