import { createMiddleware } from 'hono/factory'
import { AppError } from '../errors.ts'
import type { ApiKey } from './api-keys/key-store.ts'
import type { HttpEnv } from './context.ts'

/** Lets a request pass that carries `authorization: Bearer <api key>`, and names its key as the actor of what it does. */
export function authenticate(deps: { verifyKey: (text: string) => Promise<ApiKey | undefined> }) {
  return createMiddleware<HttpEnv>(async (c, next) => {
    const [, text] = /^bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? []
    const key = text === undefined ? undefined : await deps.verifyKey(text)
    if (key === undefined) {
      throw new AppError('key.invalid', 'stop', 'API key is missing or invalid.', { status: 401 })
    }
    c.set('actor', { kind: 'key', name: key.name })
    await next()
  })
}
