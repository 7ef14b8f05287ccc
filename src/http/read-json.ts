import { createMiddleware } from 'hono/factory'
import { AppError } from '../errors.ts'
import { placeOfMistake } from './json-mistake.ts'

/** Reads a JSON body before anything else does, so that a malformed one is answered with the place where it breaks. */
export const readJson = createMiddleware(async (c, next) => {
  const text = isJson(c.req.header('content-type')) ? await c.req.text() : ''
  if (text !== '') parseJson(text)
  await next()
})

export function isJson(contentType: string | undefined): boolean {
  return /^application\/([\w.-]+\+)?json\b/i.test(contentType ?? '')
}

/** Throws `request.malformed_json` (400) with the line and column where it breaks off, and nothing of the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const { line, column } = placeOfMistake(text)
    const message = `the body is not JSON from line ${line}, column ${column} on`
    throw new AppError('request.malformed_json', 'skip', message, { status: 400, cause })
  }
}
