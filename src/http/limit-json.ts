import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../errors.ts'
import { isJson } from './read-json.ts'

const limit = bodyLimit({
  maxSize: 16 * 1024 * 1024,
  onError: () => {
    throw new AppError('request.too_large', 'skip', 'a body of JSON may have 16 MiB; JSON Lines may be of any length', {
      status: 413,
    })
  },
})

/** JSON is read whole before it is looked at, so it has an end; nothing else is read whole. */
export const limitJson = createMiddleware(async (c, next) =>
  isJson(c.req.header('content-type')) ? limit(c, next) : next(),
)
