import type { HonoRequest } from 'hono'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../errors.ts'
import type { ApiKey } from './api-keys/key-store.ts'
import type { HttpEnv } from './context.ts'

/**
 * Lets a request pass that carries `authorization: Bearer <api key>`, or `x-afterword-key: <api key>` as tools send it that let
 * one name a header but not word its value. Names the key as the actor of what it does.
 */
export function authenticate(deps: { verifyKey: (text: string) => Promise<ApiKey | undefined> }) {
  return createMiddleware<HttpEnv>(async (c, next) => {
    const text = keyIn(c.req)
    const key = text === undefined ? undefined : await deps.verifyKey(text)
    if (key === undefined) {
      throw new AppError('key.invalid', 'stop', 'API key is missing or invalid.', { status: 401 })
    }
    c.set('actor', { kind: 'key', name: key.name })
    await next()
  })
}

function keyIn(request: HonoRequest): string | undefined {
  const [, text] = /^bearer +(\S+)$/i.exec(request.header('authorization') ?? '') ?? []
  return text ?? request.header('x-afterword-key')?.trim()
}
