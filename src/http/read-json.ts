import { createMiddleware } from 'hono/factory'
import { AppError } from '../errors.ts'

/** Reads a JSON body before anything else does, so that a malformed one is answered with the place where it breaks. */
export const readJson = createMiddleware(async (c, next) => {
  const text = isJson(c.req.header('content-type')) ? await c.req.text() : ''
  if (text !== '') check(text)
  await next()
})

export function isJson(contentType: string | undefined): boolean {
  return /^application\/([\w.-]+\+)?json\b/i.test(contentType ?? '')
}

function check(text: string): void {
  try {
    JSON.parse(text)
  } catch (cause) {
    const [place = 'at its end'] = /line \d+ column \d+/.exec(String(cause)) ?? []
    throw new AppError('request.malformed_json', 'skip', `the body is not JSON: it breaks off ${place}`, {
      status: 400,
      cause,
    })
  }
}
