import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../errors.ts'
import { isJson } from './read-json.ts'

const maxBytes = 16 * 1024 * 1024

const onError = () => {
  throw new AppError('request.too_large', 'skip', 'a body of JSON may have 16 MiB; JSON Lines may be of any length', {
    status: 413,
  })
}

const limit = bodyLimit({ maxSize: maxBytes, onError })

/**
 * JSON is read whole before it is looked at, so it has an end; nothing else is read whole. Node lets no body be longer than it says:
 * only one that does not say is counted, which costs a stream of the web's that nothing else needs.
 */
export const limitJson = createMiddleware(async (c, next) => {
  if (!isJson(c.req.header('content-type'))) return next()
  const length = c.req.header('content-length')
  if (length === undefined || c.req.header('transfer-encoding') !== undefined) return limit(c, next)
  return Number(length) > maxBytes ? onError() : next()
})
